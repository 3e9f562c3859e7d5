// hdf5.h for Swift. The functions stand for macros that Swift cannot import: each of these macros calls H5open() and
// then names a global variable, or is a cast.
#include <hdf5.h>
#include <fcntl.h>

// Linux's own, which the headers show to GNU programs only: a file that is nothing but memory; a file without a name
// in a folder; where in a file there is data, and where a hole.
extern int memfd_create(const char *name, unsigned flags);
static inline int chdf5_memory_descriptor(void) { return memfd_create("hdf5", 1 /* MFD_CLOEXEC */); }
static inline int chdf5_nameless_file(const char *folder) {
  return open(folder, 020000000 /* __O_TMPFILE */ | O_DIRECTORY | O_RDWR | O_CLOEXEC, 0666);
}
static inline int chdf5_seek_data(void) { return 3; }
static inline int chdf5_seek_hole(void) { return 4; }

// Flags of H5Fopen and H5Fcreate (macros that check the version of the headers).
static inline unsigned chdf5_read_only(void) { return H5F_ACC_RDONLY; }
static inline unsigned chdf5_truncate(void) { return H5F_ACC_TRUNC; }

// Classes of property lists.
static inline hid_t chdf5_file_access(void) { return H5P_FILE_ACCESS; }
static inline hid_t chdf5_group_create(void) { return H5P_GROUP_CREATE; }
static inline hid_t chdf5_link_create(void) { return H5P_LINK_CREATE; }
static inline hid_t chdf5_dataset_create(void) { return H5P_DATASET_CREATE; }
static inline hid_t chdf5_dataset_access(void) { return H5P_DATASET_ACCESS; }

// Number types as this machine holds them in memory.
static inline hid_t chdf5_uint8(void) { return H5T_NATIVE_UINT8; }
static inline hid_t chdf5_uint16(void) { return H5T_NATIVE_UINT16; }
static inline hid_t chdf5_uint32(void) { return H5T_NATIVE_UINT32; }
static inline hid_t chdf5_uint64(void) { return H5T_NATIVE_UINT64; }
static inline hid_t chdf5_int8(void) { return H5T_NATIVE_INT8; }
static inline hid_t chdf5_int16(void) { return H5T_NATIVE_INT16; }
static inline hid_t chdf5_int32(void) { return H5T_NATIVE_INT32; }
static inline hid_t chdf5_int64(void) { return H5T_NATIVE_INT64; }
static inline hid_t chdf5_float(void) { return H5T_NATIVE_FLOAT; }
static inline hid_t chdf5_double(void) { return H5T_NATIVE_DOUBLE; }

// Strings: the base type, and the size that means "as long as each value is" (a cast of -1).
static inline hid_t chdf5_c_string(void) { return H5T_C_S1; }
static inline size_t chdf5_variable_size(void) { return H5T_VARIABLE; }

// The address of data that was never stored (a cast of -1).
static inline haddr_t chdf5_no_address(void) { return HADDR_UNDEF; }

// The driver of files in memory (a macro that calls a function).
static inline hid_t chdf5_memory_driver(void) { return H5FD_CORE; }

// Minor error numbers that are told apart.
static inline hid_t chdf5_error_not_hdf5(void) { return H5E_NOTHDF5; }
static inline hid_t chdf5_error_truncated(void) { return H5E_TRUNCATED; }

// The kind of the link itself, not of what it points to; negative on failure. H5Lget_info and its struct are renamed by
// later versions of the library.
static inline int chdf5_link_type(hid_t location, const char *path) {
  H5L_info_t info;
  return H5Lget_info(location, path, &info, H5P_DEFAULT) < 0 ? -1 : (int)info.type;
}

// Where an object lies in its file: the same for every hard link to it. H5Oget_info and its struct are renamed by later
// versions of the library.
static inline int chdf5_object_address(hid_t location, const char *path, haddr_t *address) {
  H5O_info_t info;
  if (H5Oget_info_by_name(location, path, &info, H5P_DEFAULT) < 0) return -1;
  *address = info.addr;
  return 0;
}

// The room that a soft link's target needs, with its end; negative on failure.
static inline long chdf5_link_target_size(hid_t location, const char *path) {
  H5L_info_t info;
  if (H5Lget_info(location, path, &info, H5P_DEFAULT) < 0 || info.type != H5L_TYPE_SOFT) return -1;
  return (long)info.u.val_size;
}

// The links of a group in ascending order of their names, each handed to `visit`, which ends the walk by a positive
// result. H5Literate and the struct that its callbacks are given are renamed by later versions of the library.
typedef int (*chdf5_visit_name)(const char *name, void *context);
struct chdf5_visit {
  chdf5_visit_name visit;
  void *context;
};
static inline herr_t chdf5_visit_link(hid_t group, const char *name, const H5L_info_t *info, void *data) {
  (void)group;
  (void)info;
  struct chdf5_visit *visit = (struct chdf5_visit *)data;
  return visit->visit(name, visit->context);
}
static inline herr_t chdf5_visit_links(hid_t group, chdf5_visit_name visit, void *context) {
  struct chdf5_visit data = {visit, context};
  return H5Literate(group, H5_INDEX_NAME, H5_ITER_INC, NULL, chdf5_visit_link, &data);
}
