"""Writes the archives and compressed files that the tests of Archives read; byte i of `content` is 7 i % 251.

    python Tests/ArchivesTests/Fixtures/make_archives.py
"""

import bz2
import gzip
import io
import lzma
import os
import tarfile
import zipfile

folder = os.path.dirname(os.path.abspath(__file__))
content = bytes(7 * i % 251 for i in range(5000))
files = {"first.bin": content, "ordner mit Ümlaut/zweite 十.bin": content[:1000], "empty.bin": b""}


def write(name, data):
    with open(os.path.join(folder, name), "wb") as file:
        file.write(data)


def tar(files=files):
    data = io.BytesIO()
    with tarfile.open(fileobj=data, mode="w", format=tarfile.PAX_FORMAT) as archive:
        entry = tarfile.TarInfo("a folder")
        entry.type = tarfile.DIRTYPE
        archive.addfile(entry)
        for name, file in files.items():
            entry = tarfile.TarInfo(name)
            entry.size = len(file)
            archive.addfile(entry, io.BytesIO(file))
        entry = tarfile.TarInfo("../../link")
        entry.type = tarfile.SYMTYPE
        entry.linkname = "/etc/passwd"
        archive.addfile(entry)
    return data.getvalue()


def zip(method):
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w", method) as archive:
        for name, file in files.items():
            archive.writestr(zipfile.ZipInfo(name), file, method)
    return data.getvalue()


write("plain.bin", content)
write("one.gz", gzip.compress(content, mtime=0))
write("two.gz", gzip.compress(content[:3000], mtime=0) + gzip.compress(content[3000:], mtime=0) + bytes(100))
write("one.xz", lzma.compress(content))
write("one.bz2", bz2.compress(content))
write("files.tar", tar())
write("files.tar.gz", gzip.compress(tar(), mtime=0))
write("files.tar.xz", lzma.compress(tar()))
write("files.tar.bz2", bz2.compress(tar()))
# 20 MB of zeros in some hundred bytes: in a file of the archive, and behind its end.
write("bomb.tar.bz2", bz2.compress(tar({"zeros.bin": bytes(20 << 20)})))
write("tail.tar.bz2", bz2.compress(tar() + bytes(200 << 20)))
write("stored.zip", zip(zipfile.ZIP_STORED))
write("deflated.zip", zip(zipfile.ZIP_DEFLATED))
