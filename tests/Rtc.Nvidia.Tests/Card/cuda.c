/* libcuda: one device, contexts, memory that is the process's own, and copies that are done when they return. */
#include <ffnvcodec/dynlink_cuda.h>
#include <stdlib.h>
#include <string.h>
#include "card.h"

#define PITCH 512
#define HEADER 64

Hands card_hands;
CardState card_state = { .most_encoders = -1, .reads_until_fault = -1, .writes_until_fault = -1 };

static __thread CUcontext current[8];
static __thread int depth;

int card_goes_well(int64_t *until_fault) { return *until_fault < 0 || (*until_fault)-- > 0; }

void card_attach(const Hands *hands) { card_hands = *hands; }

CardState *card_look(void) { return &card_state; }

CUresult cuInit(unsigned int flags) { return CUDA_SUCCESS; }
CUresult cuDriverGetVersion(int *version) { *version = 12020; return CUDA_SUCCESS; }
CUresult cuDeviceGetCount(int *count) { *count = 1; return CUDA_SUCCESS; }
CUresult cuDeviceGet(CUdevice *device, int ordinal) { *device = 0; return ordinal == 0 ? CUDA_SUCCESS : CUDA_ERROR_UNKNOWN; }
CUresult cuDeviceGetAttribute(int *value, CUdevice_attribute attribute, CUdevice device) { *value = 32; return CUDA_SUCCESS; }
CUresult cuDeviceGetName(char *name, int length, CUdevice device) { strncpy(name, "stand-in", length); return CUDA_SUCCESS; }
CUresult cuDeviceComputeCapability(int *major, int *minor, CUdevice device) { *major = 7; *minor = 5; return CUDA_SUCCESS; }

CUresult cuCtxCreate_v2(CUcontext *context, unsigned int flags, CUdevice device) {
    *context = (CUcontext)malloc(16);
    __atomic_add_fetch(&card_state.contexts, 1, __ATOMIC_SEQ_CST);
    __atomic_add_fetch(&card_state.contexts_made, 1, __ATOMIC_SEQ_CST);
    current[depth++] = *context;
    return CUDA_SUCCESS;
}

CUresult cuCtxDestroy_v2(CUcontext context) {
    __atomic_sub_fetch(&card_state.contexts, 1, __ATOMIC_SEQ_CST);
    free(context);
    return CUDA_SUCCESS;
}

CUresult cuCtxPushCurrent_v2(CUcontext context) {
    if (depth == 8) return CUDA_ERROR_UNKNOWN;
    current[depth++] = context;
    return CUDA_SUCCESS;
}

CUresult cuCtxPopCurrent_v2(CUcontext *context) {
    if (depth == 0) return CUDA_ERROR_UNKNOWN;
    depth--;
    if (context) *context = current[depth];
    return CUDA_SUCCESS;
}

CUresult cuCtxGetDevice(CUdevice *device) { *device = 0; return CUDA_SUCCESS; }
CUresult cuCtxSetLimit(int limit, size_t value) { return CUDA_SUCCESS; }

CUresult cuMemAlloc_v2(CUdeviceptr *pointer, size_t bytes) {
    size_t *block = depth == 0 ? NULL : aligned_alloc(HEADER, (bytes + 2 * HEADER - 1) / HEADER * HEADER);
    if (!block) return CUDA_ERROR_UNKNOWN;
    *block = bytes;
    __atomic_add_fetch(&card_state.bytes, (int64_t)bytes, __ATOMIC_SEQ_CST);
    *pointer = (CUdeviceptr)(uintptr_t)block + HEADER;
    return CUDA_SUCCESS;
}

CUresult cuMemAllocPitch_v2(CUdeviceptr *pointer, size_t *pitch, size_t width, size_t height, unsigned int element) {
    *pitch = (width + PITCH - 1) / PITCH * PITCH;
    return cuMemAlloc_v2(pointer, *pitch * height);
}

CUresult cuMemFree_v2(CUdeviceptr pointer) {
    size_t *block = (size_t *)(uintptr_t)(pointer - HEADER);
    __atomic_sub_fetch(&card_state.bytes, (int64_t)*block, __ATOMIC_SEQ_CST);
    free(block);
    return CUDA_SUCCESS;
}

CUresult cuMemcpy2D_v2(const CUDA_MEMCPY2D *copy) {
    const uint8_t *from = copy->srcMemoryType == CU_MEMORYTYPE_HOST ? copy->srcHost : (const uint8_t *)(uintptr_t)copy->srcDevice;
    uint8_t *to = copy->dstMemoryType == CU_MEMORYTYPE_HOST ? copy->dstHost : (uint8_t *)(uintptr_t)copy->dstDevice;
    if (depth == 0) return CUDA_ERROR_UNKNOWN;
    for (size_t y = 0; y < copy->Height; y++)
        memcpy(to + (copy->dstY + y) * copy->dstPitch + copy->dstXInBytes,
               from + (copy->srcY + y) * copy->srcPitch + copy->srcXInBytes, copy->WidthInBytes);
    return CUDA_SUCCESS;
}

CUresult cuMemcpy2DAsync_v2(const CUDA_MEMCPY2D *copy, CUstream stream) { return cuMemcpy2D_v2(copy); }

CUresult cuGetErrorName(CUresult error, const char **text) { *text = "STAND_IN_ERROR"; return CUDA_SUCCESS; }
CUresult cuGetErrorString(CUresult error, const char **text) { *text = "the stand-in was told to fail"; return CUDA_SUCCESS; }
CUresult cuStreamSynchronize(CUstream stream) { return CUDA_SUCCESS; }
CUresult cuStreamQuery(CUstream stream) { return CUDA_SUCCESS; }

/* libavcodec wants to find these and calls none of them on the ways taken here. */
#define UNUSED(name) CUresult name(void) { return CUDA_ERROR_UNKNOWN; }
UNUSED(cuMemAllocManaged) UNUSED(cuMemsetD8Async) UNUSED(cuMemcpy) UNUSED(cuMemcpyAsync)
UNUSED(cuMemcpyHtoD_v2) UNUSED(cuMemcpyHtoDAsync_v2) UNUSED(cuMemcpyDtoH_v2) UNUSED(cuMemcpyDtoHAsync_v2)
UNUSED(cuMemcpyDtoD_v2) UNUSED(cuMemcpyDtoDAsync_v2)
UNUSED(cuDevicePrimaryCtxRetain) UNUSED(cuDevicePrimaryCtxRelease) UNUSED(cuDevicePrimaryCtxSetFlags)
UNUSED(cuDevicePrimaryCtxGetState) UNUSED(cuDevicePrimaryCtxReset) UNUSED(cuCtxGetCurrent)
UNUSED(cuStreamCreate) UNUSED(cuStreamDestroy_v2) UNUSED(cuStreamAddCallback) UNUSED(cuStreamWaitEvent)
UNUSED(cuEventCreate) UNUSED(cuEventDestroy_v2) UNUSED(cuEventSynchronize) UNUSED(cuEventQuery) UNUSED(cuEventRecord)
UNUSED(cuLaunchKernel) UNUSED(cuLinkCreate) UNUSED(cuLinkAddData) UNUSED(cuLinkComplete) UNUSED(cuLinkDestroy)
UNUSED(cuModuleLoadData) UNUSED(cuModuleUnload) UNUSED(cuModuleGetFunction) UNUSED(cuModuleGetGlobal)
UNUSED(cuTexObjectCreate) UNUSED(cuTexObjectDestroy)
UNUSED(cuGLGetDevices_v2) UNUSED(cuGraphicsGLRegisterImage) UNUSED(cuGraphicsUnregisterResource)
UNUSED(cuGraphicsMapResources) UNUSED(cuGraphicsUnmapResources) UNUSED(cuGraphicsSubResourceGetMappedArray)
UNUSED(cuGraphicsResourceGetMappedPointer_v2) UNUSED(cuArrayCreate_v2) UNUSED(cuArray3DCreate_v2) UNUSED(cuArrayDestroy)
