/* libnvidia-encode: sessions whose pictures the tests' hands code. */
#include <ffnvcodec/nvEncodeAPI.h>
#include <stdlib.h>
#include <string.h>
#include "card.h"

#define LEAST_WIDTH 145
#define LEAST_HEIGHT 49
#define MOST 4096

typedef struct {
    int width, height;
    int64_t bits_per_second;
} Encoder;

typedef struct {
    int pitch, rows;
    uint8_t memory[];
} Input;

typedef struct {
    int capacity, size, key, quantizer;
    uint64_t time;
    uint8_t memory[];
} Output;

static int same(GUID a, GUID b) { return memcmp(&a, &b, sizeof a) == 0; }

static NVENCSTATUS open_session(NV_ENC_OPEN_ENCODE_SESSION_EX_PARAMS *parameters, void **handle) {
    if (card_state.most_encoders >= 0 && card_state.encoders >= card_state.most_encoders) return NV_ENC_ERR_OUT_OF_MEMORY;
    if (parameters->deviceType != NV_ENC_DEVICE_TYPE_CUDA || !parameters->device) return NV_ENC_ERR_INVALID_DEVICE;
    *handle = calloc(1, sizeof(Encoder));
    __atomic_add_fetch(&card_state.encoders, 1, __ATOMIC_SEQ_CST);
    return NV_ENC_SUCCESS;
}

static NVENCSTATUS destroy(void *handle) {
    card_hands.encoder_closed((uint64_t)(uintptr_t)handle);
    free(handle);
    __atomic_sub_fetch(&card_state.encoders, 1, __ATOMIC_SEQ_CST);
    return NV_ENC_SUCCESS;
}

static NVENCSTATUS guid_count(void *handle, uint32_t *count) { *count = 1; return NV_ENC_SUCCESS; }

static NVENCSTATUS guids(void *handle, GUID *all, uint32_t room, uint32_t *count) {
    all[0] = NV_ENC_CODEC_H264_GUID;
    *count = 1;
    return NV_ENC_SUCCESS;
}

static NVENCSTATUS caps(void *handle, GUID codec, NV_ENC_CAPS_PARAM *asked, int *value) {
    switch (asked->capsToQuery) {
    case NV_ENC_CAPS_WIDTH_MAX: case NV_ENC_CAPS_HEIGHT_MAX: *value = MOST; break;
    case NV_ENC_CAPS_SUPPORT_DYN_BITRATE_CHANGE: *value = 1; break;
    default: *value = 0;
    }
    return NV_ENC_SUCCESS;
}

static NVENCSTATUS preset_ex(void *handle, GUID codec, GUID preset, NV_ENC_TUNING_INFO tuning, NV_ENC_PRESET_CONFIG *config) {
    config->presetCfg.gopLength = 250;
    config->presetCfg.frameIntervalP = 1;
    config->presetCfg.rcParams.rateControlMode = NV_ENC_PARAMS_RC_VBR;
    return NV_ENC_SUCCESS;
}

static NVENCSTATUS preset(void *handle, GUID codec, GUID name, NV_ENC_PRESET_CONFIG *config) {
    return preset_ex(handle, codec, name, NV_ENC_TUNING_INFO_UNDEFINED, config);
}

static void note_rate(Encoder *encoder, const NV_ENC_RC_PARAMS *rate) {
    encoder->bits_per_second = card_state.bits_per_second = rate->averageBitRate;
    card_state.largest_bits_per_second = rate->maxBitRate;
    card_state.buffer_bits = rate->vbvBufferSize;
}

static NVENCSTATUS initialize(void *handle, NV_ENC_INITIALIZE_PARAMS *asked) {
    const NV_ENC_CONFIG *config = asked->encodeConfig;
    Encoder *encoder = handle;
    if (asked->encodeWidth < LEAST_WIDTH || asked->encodeHeight < LEAST_HEIGHT || asked->encodeWidth % 2 || asked->encodeHeight % 2) return NV_ENC_ERR_INVALID_PARAM;
    encoder->width = asked->encodeWidth;
    encoder->height = asked->encodeHeight;
    card_state.baseline = same(config->profileGUID, NV_ENC_H264_PROFILE_BASELINE_GUID);
    card_state.p1 = same(asked->presetGUID, NV_ENC_PRESET_P1_GUID);
    card_state.ultra_low_latency = asked->tuningInfo == NV_ENC_TUNING_INFO_ULTRA_LOW_LATENCY;
    card_state.cbr = config->rcParams.rateControlMode == NV_ENC_PARAMS_RC_CBR;
    card_state.zero_reorder_delay = config->rcParams.zeroReorderDelay;
    card_state.frame_interval = config->frameIntervalP;
    card_state.endless_gop = config->gopLength >= 1000000;
    card_state.parameter_sets_repeated = config->encodeCodecConfig.h264Config.repeatSPSPPS;
    note_rate(encoder, &config->rcParams);
    return NV_ENC_SUCCESS;
}

static NVENCSTATUS reconfigure(void *handle, NV_ENC_RECONFIGURE_PARAMS *asked) {
    note_rate(handle, &asked->reInitEncodeParams.encodeConfig->rcParams);
    card_state.rate_changes++;
    return NV_ENC_SUCCESS;
}

static NVENCSTATUS create_input(void *handle, NV_ENC_CREATE_INPUT_BUFFER *asked) {
    int pitch = (asked->width + 63) / 64 * 64;
    Input *input = calloc(1, sizeof *input + pitch * asked->height * 3 / 2 + pitch);
    input->pitch = pitch;
    input->rows = asked->height;
    asked->inputBuffer = input;
    __atomic_add_fetch(&card_state.buffers, 1, __ATOMIC_SEQ_CST);
    return NV_ENC_SUCCESS;
}

static NVENCSTATUS create_output(void *handle, NV_ENC_CREATE_BITSTREAM_BUFFER *asked) {
    Encoder *encoder = handle;
    int capacity = encoder->width * encoder->height * 3 + 65536;
    Output *output = calloc(1, sizeof *output + capacity);
    output->capacity = capacity;
    asked->bitstreamBuffer = output;
    __atomic_add_fetch(&card_state.buffers, 1, __ATOMIC_SEQ_CST);
    return NV_ENC_SUCCESS;
}

static NVENCSTATUS destroy_buffer(void *handle, void *buffer) {
    free(buffer);
    __atomic_sub_fetch(&card_state.buffers, 1, __ATOMIC_SEQ_CST);
    return NV_ENC_SUCCESS;
}

static NVENCSTATUS lock_input(void *handle, NV_ENC_LOCK_INPUT_BUFFER *asked) {
    Input *input = asked->inputBuffer;
    asked->bufferDataPtr = input->memory;
    asked->pitch = input->pitch;
    return NV_ENC_SUCCESS;
}

static NVENCSTATUS unlock(void *handle, void *buffer) { return NV_ENC_SUCCESS; }

static NVENCSTATUS encode(void *handle, NV_ENC_PIC_PARAMS *picture) {
    Encoder *encoder = handle;
    if (picture->encodePicFlags & NV_ENC_PIC_FLAG_EOS) return NV_ENC_SUCCESS;
    if (!card_goes_well(&card_state.writes_until_fault)) return NV_ENC_ERR_DEVICE_NOT_EXIST;
    if (picture->bufferFmt != NV_ENC_BUFFER_FORMAT_YV12) return NV_ENC_ERR_UNSUPPORTED_PARAM;
    const Input *input = picture->inputBuffer;
    Output *output = picture->outputBitstream;
    const uint8_t *v = input->memory + input->pitch * input->rows;
    EncodeOrder order = {
        encoder->width, encoder->height, input->memory, v + input->pitch / 2 * (input->rows / 2), v, input->pitch, input->pitch / 2,
        (picture->encodePicFlags & NV_ENC_PIC_FLAG_FORCEIDR) != 0, encoder->bits_per_second };
    output->size = card_hands.encode((uint64_t)(uintptr_t)encoder, &order, output->memory, output->capacity, &output->quantizer);
    if (output->size < 0) return NV_ENC_ERR_GENERIC;
    output->key = (output->memory[4] & 31) == 7;
    output->time = picture->inputTimeStamp;
    __atomic_add_fetch(&card_state.pictures_written, 1, __ATOMIC_SEQ_CST);
    return NV_ENC_SUCCESS;
}

static NVENCSTATUS lock_output(void *handle, NV_ENC_LOCK_BITSTREAM *asked) {
    Output *output = asked->outputBitstream;
    asked->bitstreamBufferPtr = output->memory;
    asked->bitstreamSizeInBytes = output->size;
    asked->outputTimeStamp = output->time;
    asked->pictureType = output->key ? NV_ENC_PIC_TYPE_IDR : NV_ENC_PIC_TYPE_P;
    asked->pictureStruct = NV_ENC_PIC_STRUCT_FRAME;
    asked->frameAvgQP = output->quantizer + 1;
    asked->numSlices = 1;
    return NV_ENC_SUCCESS;
}

static const char *last_error(void *handle) { return "the stand-in refuses"; }

static NVENCSTATUS set_streams(void *handle, NV_ENC_CUSTREAM_PTR in, NV_ENC_CUSTREAM_PTR out) { return NV_ENC_SUCCESS; }

NVENCSTATUS NvEncodeAPIGetMaxSupportedVersion(uint32_t *version) {
    *version = NVENCAPI_MAJOR_VERSION << 4 | NVENCAPI_MINOR_VERSION;
    return NV_ENC_SUCCESS;
}

NVENCSTATUS NvEncodeAPICreateInstance(NV_ENCODE_API_FUNCTION_LIST *list) {
    list->nvEncOpenEncodeSessionEx = open_session;
    list->nvEncDestroyEncoder = destroy;
    list->nvEncGetEncodeGUIDCount = guid_count;
    list->nvEncGetEncodeGUIDs = guids;
    list->nvEncGetEncodeCaps = caps;
    list->nvEncGetEncodePresetConfig = preset;
    list->nvEncGetEncodePresetConfigEx = preset_ex;
    list->nvEncInitializeEncoder = initialize;
    list->nvEncReconfigureEncoder = reconfigure;
    list->nvEncCreateInputBuffer = create_input;
    list->nvEncDestroyInputBuffer = destroy_buffer;
    list->nvEncCreateBitstreamBuffer = create_output;
    list->nvEncDestroyBitstreamBuffer = destroy_buffer;
    list->nvEncLockInputBuffer = lock_input;
    list->nvEncUnlockInputBuffer = unlock;
    list->nvEncEncodePicture = encode;
    list->nvEncLockBitstream = lock_output;
    list->nvEncUnlockBitstream = unlock;
    list->nvEncGetLastErrorString = last_error;
    list->nvEncSetIOCudaStreams = set_streams;
    return NV_ENC_SUCCESS;
}
