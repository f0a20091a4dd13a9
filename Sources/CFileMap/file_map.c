#if defined(__linux__)
#define _GNU_SOURCE
#endif

#include "file_map.h"

#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

// Mappings are entries of a list that only grows: the signal handler walks it without locks, so an entry is never
// freed; a destroyed mapping's entry has start 0 and is taken again by a later mapping.
struct file_map {
  _Atomic(uintptr_t) start;
  _Atomic(size_t) size;
  atomic_bool damaged;
  atomic_bool taken;
  struct file_map *next;
};

static _Atomic(file_map *) first_map;
static struct sigaction previous_action;
static uintptr_t page_size;
static pthread_once_t handler_once = PTHREAD_ONCE_INIT;
static int handler_error;
static const max_align_t no_bytes;

static file_map *map_containing(uintptr_t address) {
  for (file_map *map = atomic_load(&first_map); map; map = map->next) {
    uintptr_t start = atomic_load(&map->start);
    if (start && address >= start && address - start < atomic_load(&map->size)) return map;
  }
  return NULL;
}

// A signal that a process sent carries no address and has no access to repeat.
static bool was_sent(const siginfo_t *info) { return info->si_code <= 0 || info->si_code == SI_USER; }

static void pass_on(int signal, siginfo_t *info, void *context) {
  if (previous_action.sa_flags & SA_SIGINFO) {
    previous_action.sa_sigaction(signal, info, context);
  } else if (previous_action.sa_handler == SIG_DFL || previous_action.sa_handler == SIG_IGN) {
    // Returning repeats the faulting access, now under the previous disposition.
    sigaction(SIGBUS, &previous_action, NULL);
    if (was_sent(info)) raise(SIGBUS);
  } else {
    previous_action.sa_handler(signal);
  }
}

static void handle_bus_error(int signal, siginfo_t *info, void *context) {
  int saved_errno = errno;
  uintptr_t address = (uintptr_t)info->si_addr;
  file_map *map = was_sent(info) ? NULL : map_containing(address);
  if (map) {
    void *page = (void *)(address & ~(page_size - 1));
    if (mmap(page, page_size, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0) != MAP_FAILED) {
      atomic_store(&map->damaged, true);
      errno = saved_errno;
      return;
    }
  }
  errno = saved_errno;
  pass_on(signal, info, context);
}

static void install_handler(void) {
  page_size = (uintptr_t)sysconf(_SC_PAGESIZE);
  struct sigaction action;
  memset(&action, 0, sizeof action);
  action.sa_sigaction = handle_bus_error;
  action.sa_flags = SA_SIGINFO | SA_ONSTACK | SA_NODEFER;
  sigemptyset(&action.sa_mask);
  if (sigaction(SIGBUS, &action, &previous_action) != 0) handler_error = errno;
}

static file_map *take_entry(void) {
  for (file_map *map = atomic_load(&first_map); map; map = map->next) {
    bool taken = false;
    if (atomic_compare_exchange_strong(&map->taken, &taken, true)) return map;
  }
  file_map *map = calloc(1, sizeof *map);
  if (!map) return NULL;
  atomic_store(&map->taken, true);
  map->next = atomic_load(&first_map);
  while (!atomic_compare_exchange_weak(&first_map, &map->next, map)) {
  }
  return map;
}

file_map *file_map_create(int descriptor, size_t size) {
  pthread_once(&handler_once, install_handler);
  if (handler_error) {
    errno = handler_error;
    return NULL;
  }
  file_map *map = take_entry();
  if (!map) return NULL;
  atomic_store(&map->damaged, false);
  if (size == 0) return map;
  void *start = mmap(NULL, size, PROT_READ, MAP_PRIVATE, descriptor, 0);
  if (start == MAP_FAILED) {
    int mapping_error = errno;
    atomic_store(&map->taken, false);
    errno = mapping_error;
    return NULL;
  }
  // The tail of the last page belongs to the mapping, and touching it can fault as well.
  atomic_store(&map->size, size);
  atomic_store(&map->start, (uintptr_t)start);
  return map;
}

const void *file_map_bytes(const file_map *map) {
  uintptr_t start = atomic_load(&map->start);
  return start ? (const void *)start : &no_bytes;
}

bool file_map_is_damaged(const file_map *map) { return atomic_load(&map->damaged); }

void file_map_destroy(file_map *map) {
  uintptr_t start = atomic_load(&map->start);
  size_t size = atomic_load(&map->size);
  atomic_store(&map->start, 0);
  if (start) munmap((void *)start, size);
  atomic_store(&map->taken, false);
}
