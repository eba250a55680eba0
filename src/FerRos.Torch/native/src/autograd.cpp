#include "shim.h"

#include <c10/core/GradMode.h>

using namespace ferros;

FERROS_API int ferros_torch_get_requires_grad(ferros_tensor handle, int32_t* value) {
  return guard([&] { put(static_cast<int32_t>(tensor(handle).requires_grad()), value); });
}

FERROS_API int ferros_torch_set_requires_grad(ferros_tensor handle, int32_t value) {
  return guard([&] { tensor(handle).requires_grad_(value != 0); });
}

FERROS_API int ferros_torch_backward(ferros_tensor handle, ferros_tensor gradient, int32_t retain_graph) {
  return guard([&] {
    const auto& root = tensor(handle);
    root.backward(gradient == nullptr ? at::Tensor() : tensor(gradient), retain_graph != 0);
  });
}

FERROS_API int ferros_torch_get_grad(ferros_tensor handle, ferros_tensor* result) {
  return guard([&] {
    auto gradient = tensor(handle).grad();
    if (gradient.defined()) {
      give(std::move(gradient), result);
    } else {
      put(static_cast<ferros_tensor>(nullptr), result);
    }
  });
}

FERROS_API int ferros_torch_set_grad(ferros_tensor handle, ferros_tensor gradient) {
  return guard([&] { tensor(handle).mutable_grad() = gradient == nullptr ? at::Tensor() : tensor(gradient); });
}

FERROS_API int ferros_torch_detach(ferros_tensor handle, ferros_tensor* result) {
  return guard([&] { give(tensor(handle).detach(), result); });
}

FERROS_API int ferros_torch_is_leaf(ferros_tensor handle, int32_t* value) {
  return guard([&] { put(static_cast<int32_t>(tensor(handle).is_leaf()), value); });
}

FERROS_API int ferros_torch_grad_mode(int32_t enabled, int32_t* previous) {
  return guard([&] {
    put(static_cast<int32_t>(c10::GradMode::is_enabled()), previous);
    c10::GradMode::set_enabled(enabled != 0);
  });
}
