// What all parts of the shim share: the handles' real types and the guard that turns exceptions into a status.
#pragma once

#include <exception>
#include <new>

#include <opencv2/core.hpp>

#include "ferros_opencv.h"

namespace ferros {

// Keep the text of an exception for the calling thread and give its status. They throw nothing themselves.
int32_t keep(const cv::Exception& exception) noexcept;
int32_t keep(int32_t status, const char* text) noexcept;

inline cv::Mat& mat(ferros_cv_mat* handle) { return *reinterpret_cast<cv::Mat*>(handle); }
inline const cv::Mat& mat(const ferros_cv_mat* handle) { return *reinterpret_cast<const cv::Mat*>(handle); }
inline ferros_cv_mat* handle(cv::Mat* value) { return reinterpret_cast<ferros_cv_mat*>(value); }

inline cv::Scalar scalar(const double* value) { return {value[0], value[1], value[2], value[3]}; }

// Runs an action; no exception leaves it.
template <typename Action>
int32_t guard(Action&& action) noexcept
{
    try {
        action();
        return FERROS_CV_OK;
    } catch (const cv::Exception& exception) {
        return keep(exception);
    } catch (const std::bad_alloc& exception) {
        return keep(FERROS_CV_OUT_OF_MEMORY, exception.what());
    } catch (const std::exception& exception) {
        return keep(FERROS_CV_OTHER, exception.what());
    } catch (...) {
        return keep(FERROS_CV_OTHER, "an exception of an unknown type");
    }
}

}  // namespace ferros
