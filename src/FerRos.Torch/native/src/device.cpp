#include "shim.h"

#include <ATen/Parallel.h>
#include <ATen/autocast_mode.h>
#include <torch/cuda.h>

using namespace ferros;

FERROS_API const char* ferros_torch_version(void) { return TORCH_VERSION; }

FERROS_API int ferros_torch_cuda_count(int32_t* count) {
  return guard([&] { put(torch::cuda::is_available() ? static_cast<int32_t>(torch::cuda::device_count()) : 0, count); });
}

FERROS_API int ferros_torch_synchronize(int32_t device_index) {
  return guard([&] { torch::cuda::synchronize(device_index); });
}

FERROS_API int ferros_torch_get_num_threads(int32_t* count) {
  return guard([&] { put(static_cast<int32_t>(at::get_num_threads()), count); });
}

FERROS_API int ferros_torch_set_num_threads(int32_t count) {
  return guard([&] {
    if (count < 1) throw ArgumentError("the number of threads must be at least 1");
    at::set_num_threads(count);
  });
}

FERROS_API int ferros_torch_set_flush_denormal(int32_t on) {
  return guard([&] { at::globalContext().setFlushDenormal(on != 0); });
}

FERROS_API int ferros_torch_set_deterministic(int32_t on) {
  return guard([&] {
    at::globalContext().setDeterministicCuDNN(on != 0);
    at::globalContext().setBenchmarkCuDNN(on == 0);
  });
}

// Autocast's functions took no device before 2.4 and lost the versions without one later.
namespace {

bool autocast_enabled(c10::DeviceType type) {
#if FERROS_TORCH_AT_LEAST(2, 4)
  return at::autocast::is_autocast_enabled(type);
#else
  return type == c10::DeviceType::CUDA ? at::autocast::is_enabled() : at::autocast::is_cpu_enabled();
#endif
}

c10::ScalarType autocast_dtype(c10::DeviceType type) {
#if FERROS_TORCH_AT_LEAST(2, 4)
  return at::autocast::get_autocast_dtype(type);
#else
  return type == c10::DeviceType::CUDA ? at::autocast::get_autocast_gpu_dtype() : at::autocast::get_autocast_cpu_dtype();
#endif
}

void set_autocast(c10::DeviceType type, bool enabled, c10::ScalarType dtype) {
#if FERROS_TORCH_AT_LEAST(2, 4)
  at::autocast::set_autocast_enabled(type, enabled);
  at::autocast::set_autocast_dtype(type, dtype);
#else
  if (type == c10::DeviceType::CUDA) {
    at::autocast::set_enabled(enabled);
    at::autocast::set_autocast_gpu_dtype(dtype);
  } else {
    at::autocast::set_cpu_enabled(enabled);
    at::autocast::set_autocast_cpu_dtype(dtype);
  }
#endif
}

}  // namespace

FERROS_API int ferros_torch_autocast_enter(int32_t device_type, int32_t dtype, int32_t* previous_enabled, int32_t* previous_dtype) {
  return guard([&] {
    const auto type = device(device_type, 0).type();
    const auto wanted = scalar_type(dtype);
    put(static_cast<int32_t>(autocast_enabled(type)), previous_enabled);
    put(static_cast<int32_t>(autocast_dtype(type)), previous_dtype);
    set_autocast(type, true, wanted);
    at::autocast::increment_nesting();
  });
}

FERROS_API int ferros_torch_autocast_leave(int32_t device_type, int32_t previous_enabled, int32_t previous_dtype) {
  return guard([&] {
    const auto type = device(device_type, 0).type();
    if (at::autocast::decrement_nesting() == 0) at::autocast::clear_cache();
    set_autocast(type, previous_enabled != 0, static_cast<c10::ScalarType>(previous_dtype));
  });
}
