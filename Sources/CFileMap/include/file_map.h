// Files mapped read-only into memory, and the file operations Foundation lacks: durable flushing, atomic exchange,
// copy-on-write cloning.

#ifndef FILE_MAP_H
#define FILE_MAP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

// A read-only mapping of a whole file. Reading a page that the file no longer has (it was cut short after it was
// mapped, or its medium failed) yields zeros and marks the mapping as damaged; the process is not killed by SIGBUS.
typedef struct file_map file_map;

// Maps the file open at `descriptor`, `size` bytes long. `size` may be 0. Returns NULL and sets errno on failure.
// The descriptor stays the caller's. Thread-safe.
file_map *file_map_create(int descriptor, size_t size);

// The first byte; never NULL, and aligned to a page when `size` is not 0.
const void *file_map_bytes(const file_map *map);

// Whether a page of the mapping could not be read and was replaced by zeros.
bool file_map_is_damaged(const file_map *map);

// Unmaps the file. No pointer into the mapping may be used afterwards.
void file_map_destroy(file_map *map);

// Flushes a file's or directory's contents to the medium itself. Returns 0, or -1 with errno.
int file_flush(int descriptor);

// Exchanges two paths of one file system in one atomic step. Returns 0, or -1 with errno; ENOTSUP, ENOSYS or EINVAL
// say that the file system cannot do it.
int file_exchange(const char *first, const char *second);

// Renames `from` to `to` unless `to` exists (then EEXIST). Returns 0, or -1 with errno.
int file_rename_exclusively(const char *from, const char *to);

// Makes the empty file `to` share the blocks of `from`, copy-on-write. Returns 0, or -1 with errno where the file
// system cannot do it, and then `to` is still empty.
int file_share_blocks(int from, int to);

#endif
