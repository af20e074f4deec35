/* Multiplies many rows by a matrix in four bits with AVX2, as MatMulNBits of onnxruntime does at accuracy level 4.
 *
 * Both quantise the rows to eight bits, group by group. onnxruntime's kernel for AVX2 unpacks the codes for every two
 * rows and widens each product; this one unpacks them for eight, and adds four products in 16 bits before it widens
 * the sum. */

#include <immintrin.h>
#include <stdint.h>
#include <string.h>

/* Weights, and numbers of a row, that share a scale; and the bytes of their codes, two codes in a byte. */
#define GROUP 128
#define GROUP_BYTES (GROUP / 2)
/* Rows that share one unpacking of the codes. */
#define TILE 8
/* So many groups of a tile stay in the first cache (20 KB), so many columns' codes in the second. */
#define GROUPS_AT_ONCE 20
#define COLUMNS_AT_ONCE 64
#define MOST_CODE 127.0f

/* Quantises one group of a row. Each 64 codes lie as the weights' are unpacked: those of even index, then the odd. */
static void quantize_group(const float *numbers, int8_t *codes, float *scale, float *sum) {
    const __m256 size = _mm256_castsi256_ps(_mm256_set1_epi32(0x7fffffff));
    const __m256i in_order = _mm256_setr_epi32(0, 4, 1, 5, 2, 6, 3, 7);
    const __m256i evens_first = _mm256_setr_epi8(0, 2, 4, 6, 8, 10, 12, 14, 1, 3, 5, 7, 9, 11, 13, 15,
                                                 0, 2, 4, 6, 8, 10, 12, 14, 1, 3, 5, 7, 9, 11, 13, 15);
    __m256 greatest = _mm256_setzero_ps();
    for (int k = 0; k < GROUP; k += 8)
        greatest = _mm256_max_ps(greatest, _mm256_and_ps(size, _mm256_loadu_ps(numbers + k)));
    float lanes[8], most = 0;
    _mm256_storeu_ps(lanes, greatest);
    for (int lane = 0; lane < 8; lane++)
        most = lanes[lane] > most ? lanes[lane] : most;
    *scale = most / MOST_CODE;
    const __m256 steps = _mm256_set1_ps(*scale != 0 ? 1 / *scale : 0);
    __m256i totals = _mm256_setzero_si256();
    for (int k = 0; k < GROUP; k += 32) {
        __m256i four[4];
        for (int part = 0; part < 4; part++) {
            four[part] = _mm256_cvtps_epi32(_mm256_mul_ps(steps, _mm256_loadu_ps(numbers + k + 8 * part)));
            totals = _mm256_add_epi32(totals, four[part]);
        }
        __m256i bytes = _mm256_packs_epi16(_mm256_packs_epi32(four[0], four[1]), _mm256_packs_epi32(four[2], four[3]));
        bytes = _mm256_shuffle_epi8(_mm256_permutevar8x32_epi32(bytes, in_order), evens_first);
        bytes = _mm256_permute4x64_epi64(bytes, _MM_SHUFFLE(3, 1, 2, 0));
        int8_t *place = codes + k / 64 * 64 + k % 64 / 2;
        _mm_storeu_si128((__m128i *)place, _mm256_castsi256_si128(bytes));
        _mm_storeu_si128((__m128i *)(place + 32), _mm256_extracti128_si256(bytes, 1));
    }
    int32_t parts[8], total = 0;
    _mm256_storeu_si256((__m256i *)parts, totals);
    for (int lane = 0; lane < 8; lane++)
        total += parts[lane];
    *sum = *scale * (float)total;
}

/* Quantises rows of fp32, of shape (count, inputs), tile by tile; what a tile or a group lacks is zero.
 *
 * codes: of shape (tiles, groups, TILE, GROUP).
 * scales, sums: each group's scale and the sum of its quantised numbers, of shape (tiles, groups, TILE). */
void quantize_rows(const float *rows, int64_t count, int64_t inputs, int8_t *codes, float *scales, float *sums) {
    const int64_t groups = (inputs + GROUP - 1) / GROUP, tiles = (count + TILE - 1) / TILE;
    for (int64_t row = 0; row < tiles * TILE; row++)
        for (int64_t group = 0; group < groups; group++) {
            const int64_t place = (row / TILE * groups + group) * TILE + row % TILE;
            const int64_t left = row < count ? inputs - group * GROUP : 0;
            const float *numbers = rows + row * inputs + group * GROUP;
            float padded[GROUP] = {0};
            if (left < GROUP) {
                memcpy(padded, numbers, (size_t)left * sizeof(float));
                numbers = padded;
            }
            quantize_group(numbers, codes + place * GROUP, scales + place, sums + place);
        }
}

/* Multiplies a tile by some groups of one column; `offsets` are the column's zero points times its scales. */
static inline __m256 multiply_tile(const int8_t *codes, const float *scales, const float *sums, const uint8_t *packed,
                                   const float *column_scales, const float *offsets, int64_t groups) {
    const __m256i low = _mm256_set1_epi8(15), ones = _mm256_set1_epi16(1);
    __m256 totals[TILE], offset = _mm256_setzero_ps();
    for (int row = 0; row < TILE; row++)
        totals[row] = _mm256_setzero_ps();
    for (int64_t group = 0; group < groups; group++) {
        const __m256i first = _mm256_loadu_si256((const __m256i *)(packed + group * GROUP_BYTES));
        const __m256i second = _mm256_loadu_si256((const __m256i *)(packed + group * GROUP_BYTES + 32));
        const __m256i weights[4] = {
            _mm256_and_si256(first, low), _mm256_and_si256(_mm256_srli_epi16(first, 4), low),
            _mm256_and_si256(second, low), _mm256_and_si256(_mm256_srli_epi16(second, 4), low)};
        float factors[TILE];
        _mm256_storeu_ps(factors,
                         _mm256_mul_ps(_mm256_set1_ps(column_scales[group]), _mm256_loadu_ps(scales + group * TILE)));
        offset = _mm256_fmadd_ps(_mm256_set1_ps(offsets[group]), _mm256_loadu_ps(sums + group * TILE), offset);
        const int8_t *row_codes = codes + group * TILE * GROUP;
#pragma GCC unroll 8
        for (int row = 0; row < TILE; row++) {
            __m256i products[4];
            for (int part = 0; part < 4; part++)
                products[part] = _mm256_maddubs_epi16(
                    weights[part], _mm256_loadu_si256((const __m256i *)(row_codes + row * GROUP + 32 * part)));
            /* Each is at most 2 x 15 x 127, so that four of them fit 16 bits. */
            const __m256i sum = _mm256_add_epi16(_mm256_add_epi16(products[0], products[1]),
                                                 _mm256_add_epi16(products[2], products[3]));
            totals[row] = _mm256_fmadd_ps(_mm256_cvtepi32_ps(_mm256_madd_epi16(sum, ones)),
                                          _mm256_broadcast_ss(factors + row), totals[row]);
        }
    }
    /* Adds up the eight lanes of each row's total: lane i of the result is row i's. */
    const __m256 upper = _mm256_hadd_ps(_mm256_hadd_ps(totals[0], totals[1]), _mm256_hadd_ps(totals[2], totals[3]));
    const __m256 lower = _mm256_hadd_ps(_mm256_hadd_ps(totals[4], totals[5]), _mm256_hadd_ps(totals[6], totals[7]));
    const __m256 rows = _mm256_add_ps(_mm256_permute2f128_ps(upper, lower, 0x20),
                                      _mm256_permute2f128_ps(upper, lower, 0x31));
    return _mm256_sub_ps(rows, offset);
}

/* Multiplies what `quantize_rows` made by the columns from `first` to `last`.
 *
 * packed, column_scales, zeros: the buffers of an Int4Linear, of so many outputs.
 * result: fp32, of shape (count, outputs), of which these columns are written. */
void multiply_columns(const int8_t *codes, const float *scales, const float *sums, int64_t count, int64_t groups,
                      const uint8_t *packed, const float *column_scales, const uint8_t *zeros, int64_t outputs,
                      int64_t first, int64_t last, float *result) {
    const int64_t tiles = (count + TILE - 1) / TILE, zeros_bytes = (groups + 1) / 2;
    float offsets[COLUMNS_AT_ONCE][GROUPS_AT_ONCE];
    for (int64_t begin = first; begin < last; begin += COLUMNS_AT_ONCE) {
        const int64_t end = begin + COLUMNS_AT_ONCE < last ? begin + COLUMNS_AT_ONCE : last;
        for (int64_t group = 0; group < groups; group += GROUPS_AT_ONCE) {
            const int64_t some = groups - group < GROUPS_AT_ONCE ? groups - group : GROUPS_AT_ONCE;
            for (int64_t column = begin; column < end; column++)
                for (int64_t each = group; each < group + some; each++) {
                    const uint8_t pair = zeros[column * zeros_bytes + each / 2];
                    offsets[column - begin][each - group] =
                        column_scales[column * groups + each] * (float)(each % 2 ? pair >> 4 : pair & 15);
                }
            for (int64_t tile = 0; tile < tiles; tile++) {
                const int64_t rows = count - tile * TILE < TILE ? count - tile * TILE : TILE;
                const int64_t place = (tile * groups + group) * TILE;
                for (int64_t column = begin; column < end; column++) {
                    const int64_t weights = column * groups + group;
                    float numbers[TILE];
                    _mm256_storeu_ps(numbers, multiply_tile(codes + place * GROUP, scales + place, sums + place,
                                                            packed + weights * GROUP_BYTES, column_scales + weights,
                                                            offsets[column - begin], some));
                    float *to = result + tile * TILE * outputs + column;
                    for (int64_t row = 0; row < rows; row++)
                        to[row * outputs] = group ? to[row * outputs] + numbers[row] : numbers[row];
                }
            }
        }
    }
}
