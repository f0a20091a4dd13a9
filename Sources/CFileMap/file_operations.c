#if defined(__linux__)
#define _GNU_SOURCE
#endif

#include "file_map.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

#if defined(__linux__)
#include <linux/fs.h>
#include <sys/ioctl.h>
#include <sys/syscall.h>
// The system call rather than the wrapper, which musl and old glibc lack.
static int rename_with_flags(const char *from, const char *to, unsigned flags) {
  return (int)syscall(SYS_renameat2, AT_FDCWD, from, AT_FDCWD, to, flags);
}
#elif defined(__APPLE__)
#include <sys/stdio.h>
#endif

int file_flush(int descriptor) {
#if defined(__APPLE__)
  // fsync leaves the data in the drive's own cache there.
  if (fcntl(descriptor, F_FULLFSYNC) == 0) return 0;
#endif
  int result;
  do {
    result = fsync(descriptor);
  } while (result != 0 && errno == EINTR);
  // Some file systems cannot flush directories and need not.
  return result != 0 && errno == EINVAL ? 0 : result;
}

int file_exchange(const char *first, const char *second) {
#if defined(__linux__)
  return rename_with_flags(first, second, RENAME_EXCHANGE);
#elif defined(__APPLE__)
  return renamex_np(first, second, RENAME_SWAP);
#else
  errno = ENOTSUP;
  return -1;
#endif
}

int file_rename_exclusively(const char *from, const char *to) {
#if defined(__linux__)
  int result = rename_with_flags(from, to, RENAME_NOREPLACE);
#elif defined(__APPLE__)
  int result = renamex_np(from, to, RENAME_EXCL);
#else
  int result = -1;
  errno = ENOTSUP;
#endif
  if (result == 0 || (errno != EINVAL && errno != ENOSYS && errno != ENOTSUP)) return result;
  // File systems without the flag: the check and the renaming are two steps there.
  if (access(to, F_OK) == 0) {
    errno = EEXIST;
    return -1;
  }
  return rename(from, to);
}

int file_share_blocks(int from, int to) {
#if defined(__linux__)
  return ioctl(to, FICLONE, from);
#else
  (void)from, (void)to;
  errno = ENOTSUP;
  return -1;
#endif
}
