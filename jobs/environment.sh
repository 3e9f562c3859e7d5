# shellcheck shell=bash
# What the scripts beside this file share: they source it. It makes a fresh Debian 12 with nothing but the Swift
# toolchain ready, and sets what Open MPI needs on a single machine.

# The repository, wherever the script was started.
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
# The script, for messages.
script=$(basename "$0")

packages=(
  libopenmpi-dev openmpi-bin libhdf5-dev libdnnl-dev libssl-dev libxxhash-dev libgd-dev libarchive-dev zlib1g-dev pkg-config # what the program is built on
  gnuplot-nox                                                                        # what draws the charts of reports
  g++ git ca-certificates                                                            # what Swift links with, and fetches packages by
  libcurl4 libncurses6 libsqlite3-0 libxml2                                          # what Swift's own programs load
)

say() { printf '%s: %s\n' "$script" "$*"; }

# fail CODE LINE...: prints the lines and ends the script.
fail() {
  local code=$1
  shift
  printf '%s\n' "${@/#/$script: }" >&2
  exit "$code"
}

# Installs the packages that are missing: as root, or through sudo.
install_packages() {
  command -v dpkg-query >/dev/null || return 0 # not Debian; the build says what it misses
  local package missing=()
  for package in "${packages[@]}"; do
    dpkg-query -W -f '${db:Status-Status}\n' "$package" 2>/dev/null | grep -qx installed || missing+=("$package")
  done
  ((${#missing[@]})) || return 0

  local as_root=()
  if ((EUID != 0)); then
    if sudo -n true 2>/dev/null; then
      as_root=(sudo -n)
    elif [[ -t 0 ]] && command -v sudo >/dev/null && sudo -v; then
      as_root=(sudo)
    else
      fail 69 "these Debian packages are missing: ${missing[*]}" \
        "this user may not install them; let somebody who may do it, then run this again:" \
        "  apt-get update && apt-get install --no-install-recommends ${missing[*]}"
    fi
  fi

  say "installing ${missing[*]}"
  local log code=0
  local apt=(env DEBIAN_FRONTEND=noninteractive apt-get -o DPkg::Lock::Timeout=400 -q -y)
  log=$(mktemp)
  # A source that cannot be reached need not be the one that has them: the installation decides.
  "${as_root[@]}" "${apt[@]}" update >"$log" 2>&1 || true
  "${as_root[@]}" "${apt[@]}" install --no-install-recommends "${missing[@]}" >>"$log" 2>&1 </dev/null || code=$?
  if ((code)); then
    cat "$log" >&2
    rm -f "$log"
    fail "$code" "apt-get could not install ${missing[*]}; what it said is above"
  fi
  rm -f "$log"
}

# Makes `swift` a command.
find_swift() {
  command -v swift >/dev/null || PATH=$PATH:/opt/swift/usr/bin
  command -v swift >/dev/null ||
    fail 69 "there is no Swift here, neither on PATH nor in /opt/swift/usr/bin" "get Swift 6.2 or later from https://swift.org/install"
  local built=$root/.build
  [[ -e $built ]] || built=$root
  [[ -w $built ]] || fail 73 "$built belongs to $(stat -c %U "$built"): build as that user, or in a clone of your own"
}

# Calls a subcommand of swift for this package; on a terminal one sees it work, a log has errors and warnings only.
swift_package() {
  local command=$1 quiet=()
  shift
  [[ -t 1 ]] || quiet=(--quiet)
  swift "$command" --package-path "$root" "${quiet[@]}" "$@"
}

# The optimised program, once it is built.
# shellcheck disable=SC2034  # the scripts start it
program=$root/.build/release/cnn-dist

build_program() {
  say "building (a few minutes the first time)"
  swift_package build -c release --product cnn-dist
}

# Sets what mpirun needs on a single machine; a setting that is there already stays.
set_up_mpi() {
  # Only these allow root to start jobs; a container often has no other user.
  if ((EUID == 0)); then export OMPI_ALLOW_RUN_AS_ROOT=1 OMPI_ALLOW_RUN_AS_ROOT_CONFIRM=1; fi
  # Allows more ranks than cores; where cores suffice it changes nothing.
  export OMPI_MCA_rmaps_base_oversubscribe="${OMPI_MCA_rmaps_base_oversubscribe:-1}"
  # Leaves the last word to the program's own message instead of mpirun's banner.
  export OMPI_MCA_orte_execute_quiet="${OMPI_MCA_orte_execute_quiet:-1}"
  # A rank is one thread.
  export OMP_NUM_THREADS=1
}
