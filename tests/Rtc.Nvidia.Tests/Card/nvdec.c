/* libnvcuvid's decoder. It is given slices and the parameters that libavcodec parsed; it writes parameter sets from those,
   puts them before the slices and has the tests' hands read the whole: a parameter passed on wrongly spoils the picture. */
#include <ffnvcodec/dynlink_cuda.h>
#include <ffnvcodec/dynlink_nvcuvid.h>
#include <stdlib.h>
#include <string.h>
#include "card.h"

#define PITCH 512
#define MOST_SURFACES 64

typedef struct {
    int width, height, pitch, surfaces;
    uint8_t *memory[MOST_SURFACES];
} Decoder;

typedef struct {
    uint8_t bytes[256];
    int bits;
} Bits;

static void put(Bits *to, uint32_t value, int count) {
    for (int i = count - 1; i >= 0; i--, to->bits++)
        if ((value >> i) & 1) to->bytes[to->bits / 8] |= 0x80 >> (to->bits % 8);
}

static void put_unsigned(Bits *to, uint32_t value) {
    int length = 31 - __builtin_clz(value + 1);
    put(to, 0, length);
    put(to, value + 1, length + 1);
}

static void put_signed(Bits *to, int value) { put_unsigned(to, value > 0 ? 2 * value - 1 : -2 * value); }

static uint32_t take_unsigned(const uint8_t *bytes, int *bit) {
    int zeros = 0;
    uint32_t value = 1;
    while (!((bytes[*bit / 8] >> (7 - *bit % 8)) & 1) && zeros < 31) { zeros++; (*bit)++; }
    (*bit)++;
    for (int i = 0; i < zeros; i++, (*bit)++) value = value << 1 | ((bytes[*bit / 8] >> (7 - *bit % 8)) & 1);
    return value - 1;
}

/* Start code, header, payload with its stop bit, and a 3 wherever the payload would look like a start code. */
static int write_unit(uint8_t *out, uint8_t header, Bits *bits) {
    static const uint8_t start[] = { 0, 0, 0, 1 };
    int at = 5, zeros = 0;
    put(bits, 1, 1);
    memcpy(out, start, 4);
    out[4] = header;
    for (int i = 0; i < (bits->bits + 7) / 8; i++) {
        if (zeros == 2 && bits->bytes[i] <= 3) { out[at++] = 3; zeros = 0; }
        out[at++] = bits->bytes[i];
        zeros = bits->bytes[i] ? 0 : zeros + 1;
    }
    return at;
}

static int write_sps(uint8_t *out, const CUVIDPICPARAMS *picture) {
    const CUVIDH264PICPARAMS *h264 = &picture->CodecSpecific.h264;
    Bits bits = { { 0 }, 0 };
    int profile = h264->transform_8x8_mode_flag ? 100 : h264->entropy_coding_mode_flag || h264->weighted_pred_flag ? 77 : 66;
    put(&bits, profile, 8);
    put(&bits, 0, 8);
    put(&bits, 51, 8);
    put_unsigned(&bits, 0);
    if (profile == 100) {
        put_unsigned(&bits, 1);
        put_unsigned(&bits, h264->bit_depth_luma_minus8);
        put_unsigned(&bits, h264->bit_depth_chroma_minus8);
        put(&bits, 0, 2);
    }
    put_unsigned(&bits, h264->log2_max_frame_num_minus4);
    put_unsigned(&bits, h264->pic_order_cnt_type);
    if (h264->pic_order_cnt_type == 0) put_unsigned(&bits, h264->log2_max_pic_order_cnt_lsb_minus4);
    put_unsigned(&bits, h264->num_ref_frames);
    put(&bits, 0, 1);
    put_unsigned(&bits, picture->PicWidthInMbs - 1);
    put_unsigned(&bits, picture->FrameHeightInMbs / (2 - h264->frame_mbs_only_flag) - 1);
    put(&bits, h264->frame_mbs_only_flag, 1);
    if (!h264->frame_mbs_only_flag) put(&bits, h264->MbaffFrameFlag, 1);
    put(&bits, h264->direct_8x8_inference_flag, 1);
    put(&bits, 0, 2);
    return write_unit(out, 0x67, &bits);
}

static int write_pps(uint8_t *out, const CUVIDPICPARAMS *picture, uint32_t id) {
    const CUVIDH264PICPARAMS *h264 = &picture->CodecSpecific.h264;
    Bits bits = { { 0 }, 0 };
    put_unsigned(&bits, id);
    put_unsigned(&bits, 0);
    put(&bits, h264->entropy_coding_mode_flag, 1);
    put(&bits, h264->pic_order_present_flag, 1);
    put_unsigned(&bits, h264->num_slice_groups_minus1);
    put_unsigned(&bits, h264->num_ref_idx_l0_active_minus1);
    put_unsigned(&bits, h264->num_ref_idx_l1_active_minus1);
    put(&bits, h264->weighted_pred_flag, 1);
    put(&bits, h264->weighted_bipred_idc, 2);
    put_signed(&bits, h264->pic_init_qp_minus26);
    put_signed(&bits, h264->pic_init_qs_minus26);
    put_signed(&bits, h264->chroma_qp_index_offset);
    put(&bits, h264->deblocking_filter_control_present_flag, 1);
    put(&bits, h264->constrained_intra_pred_flag, 1);
    put(&bits, h264->redundant_pic_cnt_present_flag, 1);
    if (h264->transform_8x8_mode_flag || h264->second_chroma_qp_index_offset != h264->chroma_qp_index_offset) {
        put(&bits, h264->transform_8x8_mode_flag, 1);
        put(&bits, 0, 1);
        put_signed(&bits, h264->second_chroma_qp_index_offset);
    }
    return write_unit(out, 0x68, &bits);
}

static int pitch_of(int width) { return (width + PITCH - 1) / PITCH * PITCH; }

CUresult cuvidGetDecoderCaps(CUVIDDECODECAPS *caps) {
    caps->bIsSupported = caps->eCodecType == cudaVideoCodec_H264 && caps->eChromaFormat == cudaVideoChromaFormat_420 && caps->nBitDepthMinus8 == 0;
    caps->nOutputFormatMask = 1 << cudaVideoSurfaceFormat_NV12;
    caps->nMaxWidth = caps->nMaxHeight = 4096;
    caps->nMinWidth = caps->nMinHeight = 48;
    caps->nMaxMBCount = 65536;
    return CUDA_SUCCESS;
}

CUresult cuvidCreateDecoder(CUvideodecoder *handle, CUVIDDECODECREATEINFO *info) {
    Decoder *decoder = calloc(1, sizeof *decoder);
    if (info->ulNumDecodeSurfaces > MOST_SURFACES || info->OutputFormat != cudaVideoSurfaceFormat_NV12) return CUDA_ERROR_UNKNOWN;
    decoder->width = (int)info->ulTargetWidth;
    decoder->height = (int)info->ulTargetHeight;
    decoder->pitch = pitch_of(decoder->width);
    decoder->surfaces = (int)info->ulNumDecodeSurfaces;
    for (int i = 0; i < decoder->surfaces; i++) decoder->memory[i] = calloc(decoder->pitch, decoder->height * 3 / 2);
    __atomic_add_fetch(&card_state.decoders, 1, __ATOMIC_SEQ_CST);
    *handle = decoder;
    return CUDA_SUCCESS;
}

CUresult cuvidDestroyDecoder(CUvideodecoder handle) {
    Decoder *decoder = handle;
    card_hands.decoder_closed((uint64_t)(uintptr_t)decoder);
    for (int i = 0; i < decoder->surfaces; i++) free(decoder->memory[i]);
    free(decoder);
    __atomic_sub_fetch(&card_state.decoders, 1, __ATOMIC_SEQ_CST);
    return CUDA_SUCCESS;
}

CUresult cuvidDecodePicture(CUvideodecoder handle, CUVIDPICPARAMS *picture) {
    Decoder *decoder = handle;
    if (picture->CurrPicIdx < 0 || picture->CurrPicIdx >= decoder->surfaces || picture->nNumSlices == 0) return CUDA_ERROR_UNKNOWN;
    if (!card_goes_well(&card_state.reads_until_fault)) return CUDA_ERROR_UNKNOWN;
    uint8_t *unit = malloc(1024 + picture->nBitstreamDataLen);
    const uint8_t *slice = picture->pBitstreamData + picture->pSliceDataOffsets[0];
    int bit = (slice[2] == 1 ? 4 : 5) * 8, size = 0;
    take_unsigned(slice, &bit);
    take_unsigned(slice, &bit);
    size += write_sps(unit + size, picture);
    size += write_pps(unit + size, picture, take_unsigned(slice, &bit));
    memcpy(unit + size, picture->pBitstreamData, picture->nBitstreamDataLen);
    size += (int)picture->nBitstreamDataLen;
    uint8_t *surface = decoder->memory[picture->CurrPicIdx];
    int failed = card_hands.decode((uint64_t)(uintptr_t)decoder, unit, size, surface, surface + decoder->pitch * decoder->height,
                                   decoder->pitch, decoder->width, decoder->height);
    free(unit);
    if (!failed) __atomic_add_fetch(&card_state.pictures_read, 1, __ATOMIC_SEQ_CST);
    return failed ? CUDA_ERROR_UNKNOWN : CUDA_SUCCESS;
}

CUresult cuvidMapVideoFrame64(CUvideodecoder handle, int index, unsigned long long *pointer, unsigned int *pitch, CUVIDPROCPARAMS *parameters) {
    Decoder *decoder = handle;
    *pointer = (uintptr_t)decoder->memory[index];
    *pitch = decoder->pitch;
    __atomic_add_fetch(&card_state.mapped, 1, __ATOMIC_SEQ_CST);
    return CUDA_SUCCESS;
}

CUresult cuvidUnmapVideoFrame64(CUvideodecoder handle, unsigned long long pointer) {
    __atomic_sub_fetch(&card_state.mapped, 1, __ATOMIC_SEQ_CST);
    return CUDA_SUCCESS;
}

#define UNUSED(name) CUresult name(void) { return CUDA_ERROR_UNKNOWN; }
UNUSED(cuvidGetDecodeStatus) UNUSED(cuvidReconfigureDecoder)
UNUSED(cuvidCtxLockCreate) UNUSED(cuvidCtxLockDestroy) UNUSED(cuvidCtxLock) UNUSED(cuvidCtxUnlock)
UNUSED(cuvidCreateVideoSource) UNUSED(cuvidCreateVideoSourceW) UNUSED(cuvidDestroyVideoSource)
UNUSED(cuvidSetVideoSourceState) UNUSED(cuvidGetVideoSourceState)
UNUSED(cuvidGetSourceVideoFormat) UNUSED(cuvidGetSourceAudioFormat)
UNUSED(cuvidCreateVideoParser) UNUSED(cuvidParseVideoData) UNUSED(cuvidDestroyVideoParser)
