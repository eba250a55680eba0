#include "shim.h"

#include <cstring>

using namespace ferros;

namespace ferros {
std::atomic<int64_t> live_tensors{0};
}

FERROS_API int ferros_torch_free(ferros_tensor handle) {
  return guard([&] {
    if (handle == nullptr) return;
    delete reinterpret_cast<at::Tensor*>(handle);
    live_tensors.fetch_sub(1, std::memory_order_relaxed);
  });
}

FERROS_API int64_t ferros_torch_live_tensors(void) { return live_tensors.load(std::memory_order_relaxed); }

FERROS_API int ferros_torch_empty(const int64_t* shape, int32_t dims, int32_t dtype, int32_t device_type, int32_t device_index, ferros_tensor* result) {
  return guard([&] { give(at::empty(list(shape, dims), options(dtype, device_type, device_index)), result); });
}

FERROS_API int ferros_torch_full(const int64_t* shape, int32_t dims, double value, int32_t dtype, int32_t device_type, int32_t device_index, ferros_tensor* result) {
  return guard([&] { give(at::full(list(shape, dims), value, options(dtype, device_type, device_index)), result); });
}

FERROS_API int ferros_torch_arange(double start, double end, double step, int32_t dtype, int32_t device_type, int32_t device_index, ferros_tensor* result) {
  return guard([&] { give(at::arange(start, end, step, options(dtype, device_type, device_index)), result); });
}

FERROS_API int ferros_torch_from_data(const void* data, int64_t bytes, const int64_t* shape, int32_t dims, int32_t dtype, ferros_tensor* result) {
  return guard([&] {
    auto value = at::empty(list(shape, dims), options(dtype, 0, 0));
    if (static_cast<int64_t>(value.nbytes()) != bytes) {
      throw ArgumentError("the data has " + std::to_string(bytes) + " bytes, the shape needs " + std::to_string(value.nbytes()));
    }
    if (bytes > 0) std::memcpy(value.data_ptr(), data, static_cast<size_t>(bytes));
    give(std::move(value), result);
  });
}

FERROS_API int ferros_torch_to_data(ferros_tensor handle, void* data, int64_t bytes) {
  return guard([&] {
    const auto value = tensor(handle).detach().to(c10::Device(c10::DeviceType::CPU)).contiguous();
    if (static_cast<int64_t>(value.nbytes()) != bytes) {
      throw ArgumentError("the tensor has " + std::to_string(value.nbytes()) + " bytes, the buffer " + std::to_string(bytes));
    }
    if (bytes > 0) std::memcpy(data, value.data_ptr(), static_cast<size_t>(bytes));
  });
}

FERROS_API int ferros_torch_alias(ferros_tensor handle, ferros_tensor* result) {
  return guard([&] { give(tensor(handle), result); });
}

FERROS_API int ferros_torch_dim(ferros_tensor handle, int64_t* dims) {
  return guard([&] { put(static_cast<int64_t>(tensor(handle).dim()), dims); });
}

FERROS_API int ferros_torch_sizes(ferros_tensor handle, int64_t* sizes, int32_t capacity) {
  return guard([&] {
    const auto value = tensor(handle).sizes();
    if (capacity < static_cast<int64_t>(value.size())) throw ArgumentError("too little room for the sizes");
    for (size_t i = 0; i < value.size(); i++) sizes[i] = value[i];
  });
}

FERROS_API int ferros_torch_numel(ferros_tensor handle, int64_t* count) {
  return guard([&] { put(static_cast<int64_t>(tensor(handle).numel()), count); });
}

FERROS_API int ferros_torch_dtype(ferros_tensor handle, int32_t* dtype) {
  return guard([&] { put(static_cast<int32_t>(tensor(handle).scalar_type()), dtype); });
}

FERROS_API int ferros_torch_device(ferros_tensor handle, int32_t* device_type, int32_t* device_index) {
  return guard([&] {
    const auto value = tensor(handle).device();
    put(static_cast<int32_t>(value.type()), device_type);
    put(static_cast<int32_t>(value.has_index() ? value.index() : 0), device_index);
  });
}

FERROS_API int ferros_torch_item(ferros_tensor handle, double* value) {
  return guard([&] { put(tensor(handle).item().toDouble(), value); });
}

FERROS_API int ferros_torch_item_int64(ferros_tensor handle, int64_t* value) {
  return guard([&] { put(tensor(handle).item().toLong(), value); });
}

FERROS_API int ferros_torch_to(ferros_tensor handle, int32_t dtype, int32_t device_type, int32_t device_index, int32_t copy, ferros_tensor* result) {
  return guard([&] { give(tensor(handle).to(device(device_type, device_index), scalar_type(dtype), false, copy != 0), result); });
}

FERROS_API int ferros_torch_clone(ferros_tensor handle, ferros_tensor* result) {
  return guard([&] { give(tensor(handle).clone(), result); });
}

FERROS_API int ferros_torch_contiguous(ferros_tensor handle, int32_t channels_last, ferros_tensor* result) {
  return guard([&] {
    give(tensor(handle).contiguous(channels_last != 0 ? at::MemoryFormat::ChannelsLast : at::MemoryFormat::Contiguous), result);
  });
}

FERROS_API int ferros_torch_copy_(ferros_tensor handle, ferros_tensor source) {
  return guard([&] { tensor(handle).copy_(tensor(source)); });
}
