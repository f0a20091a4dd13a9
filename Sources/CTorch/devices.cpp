#include <ATen/Context.h>
#include <ATen/Parallel.h>
#include <ATen/Version.h>
#include <ATen/detail/CUDAHooksInterface.h>
#include <ATen/detail/MPSHooksInterface.h>
#include <c10/core/DeviceGuard.h>
#include <dlfcn.h>
#include <torch/version.h>

#include "bridge.h"

using namespace bridge;

bool ct_device_available(ct_device where) {
  return guard(false, [&] {
    switch (where.kind) {
      case CT_CPU: return true;
      case CT_CUDA:
        return at::globalContext().hasCUDA() && where.index < at::detail::getCUDAHooks().deviceCount();
      case CT_MPS: return at::globalContext().hasMPS();
    }
    return false;
  });
}

int ct_device_count(ct_device_kind kind) {
  return guard(0, [&] {
    switch (kind) {
      case CT_CPU: return 1;
      case CT_CUDA: return at::globalContext().hasCUDA() ? at::detail::getCUDAHooks().deviceCount() : 0;
      case CT_MPS: return at::globalContext().hasMPS() ? 1 : 0;
    }
    return 0;
  });
}

bool ct_load_library(const char* path) {
  if (dlopen(path, RTLD_NOW | RTLD_GLOBAL)) return true;
  const char* reason = dlerror();
  last_error = reason ? reason : "the library could not be loaded";
  return false;
}

bool ct_device_memory(ct_device where, int64_t* free_bytes, int64_t* total_bytes) {
  return effect([&] {
    TORCH_CHECK(where.kind != CT_CPU, "memory of a CPU is the system's to tell");
    auto* allocator = at::getDeviceAllocator(device(where).type());
    auto [free, total] = allocator->getMemoryInfo(device(where).index());
    *free_bytes = static_cast<int64_t>(free);
    *total_bytes = static_cast<int64_t>(total);
  });
}

bool ct_synchronize(ct_device where) {
  return effect([&] {
    if (where.kind == CT_CPU) return;
    auto place = device(where);
    c10::impl::VirtualGuardImpl(place.type()).synchronizeDevice(place.index());
  });
}

int ct_get_num_threads(void) { return at::get_num_threads(); }
void ct_set_num_threads(int count) { at::set_num_threads(count); }
const char* ct_version(void) { return TORCH_VERSION; }
bool ct_has_mkl(void) { return at::hasMKL(); }
bool ct_has_openmp(void) { return at::hasOpenMP(); }

const char* ct_cpu_capability(void) {
  static const std::string capability = at::get_cpu_capability();
  return capability.c_str();
}
