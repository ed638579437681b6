/* A stand-in for NVIDIA's driver: what libavcodec calls of CUDA, NVDEC and NVENC, over ordinary memory. The pictures
   themselves are read and written by the tests through the hands below. It counts what lives on the "card", keeps what it
   was asked for, and fails on order, so that tests see what a real card would be told. */
#ifndef CARD_H
#define CARD_H
#include <stdint.h>

typedef struct {
    int width, height;
    const uint8_t *y, *u, *v;
    int stride_y, stride_uv;
    int key;
    int64_t bits_per_second;
} EncodeOrder;

typedef struct {
    /* 0 where the annex B unit gave a picture, which goes to y and uv (NV12) of a surface so large. */
    int (*decode)(uint64_t decoder, const uint8_t *unit, int bytes, uint8_t *y, uint8_t *uv, int pitch, int width, int height);
    void (*decoder_closed)(uint64_t decoder);
    /* Bytes of the coded picture, negative where there is none. */
    int (*encode)(uint64_t encoder, const EncodeOrder *order, uint8_t *out, int capacity, int *quantizer);
    void (*encoder_closed)(uint64_t encoder);
} Hands;

typedef struct {
    /* What lives now. */
    int64_t contexts, bytes, decoders, mapped, encoders, buffers;
    /* What was done. */
    int64_t contexts_made, pictures_read, pictures_written, rate_changes;
    /* What the newest encoder was opened with. */
    int64_t baseline, p1, ultra_low_latency, cbr, frame_interval, endless_gop, zero_reorder_delay, parameter_sets_repeated;
    int64_t bits_per_second, largest_bits_per_second, buffer_bits;
    /* Faults on order: how many encoders may live (negative: as many as wanted), and how many pictures are read and
       written until one fails. */
    int64_t most_encoders, reads_until_fault, writes_until_fault;
} CardState;

extern Hands card_hands;
extern CardState card_state;

/* Whether the call that counts down this fault goes well. */
int card_goes_well(int64_t *until_fault);

#endif
