// What every group shares: the guard that turns exceptions into a status, and the tensors behind the handles.
#pragma once

#include "ferros_torch.h"

#include <ATen/ATen.h>
#include <ATen/Context.h>

#include <torch/version.h>

#include <atomic>
#include <stdexcept>
#include <string>

#define FERROS_TORCH_AT_LEAST(major, minor) \
  (TORCH_VERSION_MAJOR > (major) || (TORCH_VERSION_MAJOR == (major) && TORCH_VERSION_MINOR >= (minor)))

#if FERROS_TORCH_AT_LEAST(2, 6)
#include <optional>
#endif

namespace ferros {

// c10::optional became an alias of the standard's in 2.4 and leaves later.
#if FERROS_TORCH_AT_LEAST(2, 6)
template <typename Value>
using maybe = std::optional<Value>;
#else
template <typename Value>
using maybe = c10::optional<Value>;
#endif

extern std::atomic<int64_t> live_tensors;

int fail(int status, const char* text) noexcept;
int fail_c10(const c10::Error& error) noexcept;

struct ArgumentError : std::invalid_argument {
  using std::invalid_argument::invalid_argument;
};

template <typename Body>
int guard(Body&& body) noexcept {
  try {
    body();
    return FERROS_OK;
  } catch (const c10::Error& error) {
    return fail_c10(error);
  } catch (const ArgumentError& error) {
    return fail(FERROS_ARGUMENT, error.what());
  } catch (const std::bad_alloc&) {
    return fail(FERROS_OUT_OF_MEMORY, "not enough memory on the host");
  } catch (const std::exception& error) {
    return fail(FERROS_UNEXPECTED, error.what());
  } catch (...) {
    return fail(FERROS_UNEXPECTED, "an exception of unknown type");
  }
}

inline at::Tensor& tensor(ferros_tensor handle) {
  if (handle == nullptr) throw ArgumentError("a tensor is null");
  return *reinterpret_cast<at::Tensor*>(handle);
}

inline maybe<at::Tensor> optional(ferros_tensor handle) {
  return handle == nullptr ? maybe<at::Tensor>() : maybe<at::Tensor>(tensor(handle));
}

inline void give(at::Tensor value, ferros_tensor* result) {
  if (result == nullptr) throw ArgumentError("the place for the result is null");
  *result = reinterpret_cast<ferros_tensor>(new at::Tensor(std::move(value)));
  live_tensors.fetch_add(1, std::memory_order_relaxed);
}

template <typename Value>
void put(Value value, Value* place) {
  if (place == nullptr) throw ArgumentError("the place for the result is null");
  *place = value;
}

inline at::IntArrayRef list(const int64_t* values, int32_t count) {
  if (count < 0 || (count > 0 && values == nullptr)) throw ArgumentError("a list is null or its length negative");
  return at::IntArrayRef(values, static_cast<size_t>(count));
}

inline c10::ScalarType scalar_type(int32_t dtype) {
  switch (dtype) {
    case FERROS_UINT8: return c10::ScalarType::Byte;
    case FERROS_INT8: return c10::ScalarType::Char;
    case FERROS_INT16: return c10::ScalarType::Short;
    case FERROS_INT32: return c10::ScalarType::Int;
    case FERROS_INT64: return c10::ScalarType::Long;
    case FERROS_FLOAT16: return c10::ScalarType::Half;
    case FERROS_FLOAT32: return c10::ScalarType::Float;
    case FERROS_FLOAT64: return c10::ScalarType::Double;
    case FERROS_BOOL: return c10::ScalarType::Bool;
    case FERROS_BFLOAT16: return c10::ScalarType::BFloat16;
    default: throw ArgumentError("unknown element type " + std::to_string(dtype));
  }
}

inline c10::Device device(int32_t type, int32_t index) {
  switch (type) {
    case 0: return c10::Device(c10::DeviceType::CPU);
    case 1: return c10::Device(c10::DeviceType::CUDA, static_cast<c10::DeviceIndex>(index));
    default: throw ArgumentError("unknown device type " + std::to_string(type));
  }
}

inline at::TensorOptions options(int32_t dtype, int32_t device_type, int32_t device_index) {
  return at::TensorOptions().dtype(scalar_type(dtype)).device(device(device_type, device_index));
}

}  // namespace ferros
