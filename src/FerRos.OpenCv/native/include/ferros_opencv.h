// C interface of the OpenCV shim.
//
// Every function that can fail returns a status: 0 for success, otherwise the text of what went wrong is kept for the
// calling thread and read with ferros_cv_last_error. No C++ exception crosses this interface.
#ifndef FERROS_OPENCV_H
#define FERROS_OPENCV_H

#include <stddef.h>
#include <stdint.h>

#if defined(FERROS_CV_BUILD)
#define FERROS_CV_API __attribute__((visibility("default")))
#else
#define FERROS_CV_API
#endif

// Raised by one whenever a signature below changes; the managed side refuses a library with another number.
#define FERROS_CV_ABI 1

#ifdef __cplusplus
extern "C" {
#endif

typedef struct ferros_cv_mat ferros_cv_mat;          // a cv::Mat
typedef struct ferros_cv_capture ferros_cv_capture;  // a cv::VideoCapture
typedef struct ferros_cv_writer ferros_cv_writer;    // a cv::VideoWriter

enum {
    FERROS_CV_OK = 0,
    FERROS_CV_ERROR = 1,          // cv::Exception
    FERROS_CV_OUT_OF_MEMORY = 2,  // std::bad_alloc
    FERROS_CV_OTHER = 3           // any other exception
};

typedef struct {
    int32_t rows;
    int32_t cols;
    int32_t type;        // as CV_8UC3 and the like
    int32_t continuous;  // 1: rows follow one another without padding
    int64_t step;        // bytes from one row to the next
    uint8_t* data;       // null: empty
} ferros_cv_mat_info;

// core
FERROS_CV_API int32_t ferros_cv_abi(void);
FERROS_CV_API const char* ferros_cv_version(void);
// Text of the last error on this thread; valid until the next failing call on it. code and line are OpenCV's.
FERROS_CV_API const char* ferros_cv_last_error(int32_t* code, int32_t* line, const char** function, const char** file);
FERROS_CV_API int32_t ferros_cv_set_num_threads(int32_t threads);

// mat
FERROS_CV_API int32_t ferros_cv_mat_new(ferros_cv_mat** result);
FERROS_CV_API int32_t ferros_cv_mat_new_sized(int32_t rows, int32_t cols, int32_t type, ferros_cv_mat** result);
// The data are the caller's and must outlive the result and all its regions. step 0: rows without padding.
FERROS_CV_API int32_t ferros_cv_mat_new_over(int32_t rows, int32_t cols, int32_t type, void* data, int64_t step, ferros_cv_mat** result);
FERROS_CV_API int32_t ferros_cv_mat_region(const ferros_cv_mat* mat, int32_t x, int32_t y, int32_t width, int32_t height, ferros_cv_mat** result);
FERROS_CV_API int32_t ferros_cv_mat_clone(const ferros_cv_mat* mat, ferros_cv_mat** result);
FERROS_CV_API void ferros_cv_mat_delete(ferros_cv_mat* mat);
FERROS_CV_API void ferros_cv_mat_get_info(const ferros_cv_mat* mat, ferros_cv_mat_info* info);
FERROS_CV_API int32_t ferros_cv_mat_create(ferros_cv_mat* mat, int32_t rows, int32_t cols, int32_t type);
FERROS_CV_API int32_t ferros_cv_mat_copy_to(const ferros_cv_mat* mat, ferros_cv_mat* destination);
FERROS_CV_API int32_t ferros_cv_mat_convert_to(const ferros_cv_mat* mat, ferros_cv_mat* destination, int32_t type, double alpha, double beta);
FERROS_CV_API int32_t ferros_cv_mat_set_to(ferros_cv_mat* mat, const double* scalar);

// imgcodecs; paths and extensions are UTF-8
FERROS_CV_API int32_t ferros_cv_imread(const char* path, int32_t flags, ferros_cv_mat** result);
FERROS_CV_API int32_t ferros_cv_imwrite(const char* path, const ferros_cv_mat* mat, const int32_t* parameters, int32_t count, int32_t* written);
// decoded: 1 when destination holds the picture, 0 when the data are no picture; destination is then unspecified.
// The memory of destination is used again where size and type fit.
FERROS_CV_API int32_t ferros_cv_imdecode(const uint8_t* data, int64_t length, int32_t flags, ferros_cv_mat* destination, int32_t* decoded);
// data points into memory of this thread, valid until its next call of this function.
FERROS_CV_API int32_t ferros_cv_imencode(const char* extension, const ferros_cv_mat* mat, const int32_t* parameters, int32_t count,
                                         const uint8_t** data, int64_t* length);

// imgproc; scalars are 4 doubles, points are passed by their coordinates
FERROS_CV_API int32_t ferros_cv_cvt_color(const ferros_cv_mat* source, ferros_cv_mat* destination, int32_t code, int32_t channels);
FERROS_CV_API int32_t ferros_cv_resize(const ferros_cv_mat* source, ferros_cv_mat* destination, int32_t width, int32_t height,
                                       double fx, double fy, int32_t interpolation);
FERROS_CV_API int32_t ferros_cv_flip(const ferros_cv_mat* source, ferros_cv_mat* destination, int32_t mode);
FERROS_CV_API int32_t ferros_cv_gaussian_blur(const ferros_cv_mat* source, ferros_cv_mat* destination, int32_t width, int32_t height,
                                              double sigma_x, double sigma_y);
FERROS_CV_API int32_t ferros_cv_warp_affine(const ferros_cv_mat* source, ferros_cv_mat* destination, const ferros_cv_mat* matrix,
                                            int32_t width, int32_t height, int32_t flags, int32_t border, const double* value);
FERROS_CV_API int32_t ferros_cv_warp_perspective(const ferros_cv_mat* source, ferros_cv_mat* destination, const ferros_cv_mat* matrix,
                                                 int32_t width, int32_t height, int32_t flags, int32_t border, const double* value);
FERROS_CV_API int32_t ferros_cv_get_rotation_matrix(float x, float y, double angle, double scale, ferros_cv_mat** result);
FERROS_CV_API int32_t ferros_cv_line(ferros_cv_mat* mat, int32_t x1, int32_t y1, int32_t x2, int32_t y2, const double* colour,
                                     int32_t thickness, int32_t type, int32_t shift);
FERROS_CV_API int32_t ferros_cv_rectangle(ferros_cv_mat* mat, int32_t x, int32_t y, int32_t width, int32_t height, const double* colour,
                                          int32_t thickness, int32_t type, int32_t shift);
FERROS_CV_API int32_t ferros_cv_circle(ferros_cv_mat* mat, int32_t x, int32_t y, int32_t radius, const double* colour,
                                       int32_t thickness, int32_t type, int32_t shift);
FERROS_CV_API int32_t ferros_cv_put_text(ferros_cv_mat* mat, const char* text, int32_t x, int32_t y, int32_t font, double scale,
                                         const double* colour, int32_t thickness, int32_t type, int32_t bottom_left_origin);
FERROS_CV_API int32_t ferros_cv_get_text_size(const char* text, int32_t font, double scale, int32_t thickness,
                                              int32_t* width, int32_t* height, int32_t* base_line);

// videoio
FERROS_CV_API int32_t ferros_cv_capture_new(ferros_cv_capture** result);
FERROS_CV_API void ferros_cv_capture_delete(ferros_cv_capture* capture);
FERROS_CV_API int32_t ferros_cv_capture_open_path(ferros_cv_capture* capture, const char* path, int32_t api, int32_t* opened);
FERROS_CV_API int32_t ferros_cv_capture_open_index(ferros_cv_capture* capture, int32_t index, int32_t api, int32_t* opened);
FERROS_CV_API int32_t ferros_cv_capture_is_opened(const ferros_cv_capture* capture, int32_t* opened);
FERROS_CV_API int32_t ferros_cv_capture_release(ferros_cv_capture* capture);
FERROS_CV_API int32_t ferros_cv_capture_grab(ferros_cv_capture* capture, int32_t* grabbed);
FERROS_CV_API int32_t ferros_cv_capture_retrieve(ferros_cv_capture* capture, ferros_cv_mat* destination, int32_t flag, int32_t* retrieved);
FERROS_CV_API int32_t ferros_cv_capture_read(ferros_cv_capture* capture, ferros_cv_mat* destination, int32_t* read);
FERROS_CV_API int32_t ferros_cv_capture_get(const ferros_cv_capture* capture, int32_t property, double* value);
FERROS_CV_API int32_t ferros_cv_capture_set(ferros_cv_capture* capture, int32_t property, double value, int32_t* accepted);
// Copies the backend's name, cut to capacity - 1 bytes and closed with a 0.
FERROS_CV_API int32_t ferros_cv_capture_backend(const ferros_cv_capture* capture, char* buffer, int32_t capacity);

FERROS_CV_API int32_t ferros_cv_writer_new(ferros_cv_writer** result);
FERROS_CV_API void ferros_cv_writer_delete(ferros_cv_writer* writer);
FERROS_CV_API int32_t ferros_cv_writer_open(ferros_cv_writer* writer, const char* path, int32_t api, int32_t fourcc, double fps,
                                            int32_t width, int32_t height, int32_t colour, int32_t* opened);
FERROS_CV_API int32_t ferros_cv_writer_is_opened(const ferros_cv_writer* writer, int32_t* opened);
FERROS_CV_API int32_t ferros_cv_writer_write(ferros_cv_writer* writer, const ferros_cv_mat* mat);
FERROS_CV_API int32_t ferros_cv_writer_release(ferros_cv_writer* writer);

#ifdef __cplusplus
}
#endif
#endif
