#include "shim.h"

#include <ATen/core/Generator.h>

#include <mutex>

using namespace ferros;

namespace {
at::Generator generator(int32_t device_type, int32_t device_index) {
  return at::globalContext().defaultGenerator(device(device_type, device_index));
}
}  // namespace

FERROS_API int ferros_torch_manual_seed(int64_t seed) {
  return guard([&] { at::manual_seed(static_cast<uint64_t>(seed)); });
}

FERROS_API int ferros_torch_get_rng_state(int32_t device_type, int32_t device_index, ferros_tensor* result) {
  return guard([&] {
    auto source = generator(device_type, device_index);
    std::lock_guard<std::mutex> lock(source.mutex());
    give(source.get_state(), result);
  });
}

FERROS_API int ferros_torch_set_rng_state(int32_t device_type, int32_t device_index, ferros_tensor state) {
  return guard([&] {
    auto target = generator(device_type, device_index);
    std::lock_guard<std::mutex> lock(target.mutex());
    target.set_state(tensor(state));
  });
}

FERROS_API int ferros_torch_rand(const int64_t* shape, int32_t dims, int32_t dtype, int32_t device_type, int32_t device_index, ferros_tensor* result) {
  return guard([&] { give(at::rand(list(shape, dims), options(dtype, device_type, device_index)), result); });
}

FERROS_API int ferros_torch_randn(const int64_t* shape, int32_t dims, int32_t dtype, int32_t device_type, int32_t device_index, ferros_tensor* result) {
  return guard([&] { give(at::randn(list(shape, dims), options(dtype, device_type, device_index)), result); });
}

FERROS_API int ferros_torch_randperm(int64_t count, ferros_tensor* result) {
  return guard([&] { give(at::randperm(count, at::TensorOptions().dtype(c10::ScalarType::Long)), result); });
}
