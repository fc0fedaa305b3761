// Matrix products in tiles. An output is one accumulator that goes through k in order with fused multiply-add; a tile of
// `rows` rows and `vectors` x 16 columns shares the loads. Blocks of k continue from the stored value, which is exact.

#define PANEL 32
#define BLOCK_K 512
#define BLOCK_N 2048
#define BLOCK_M (RK_TILE_ROWS * 8)

// Loops over a tile are unrolled whole, so that its accumulators live in registers.
#define EACH _Pragma("clang loop unroll(full)")

// Where the columns of B lie: 16-wide vector v of row k at data + k * row + (v / 2) * panel + (v % 2) * 16.
typedef struct columns {
    const float *data;
    ptrdiff_t row;
    ptrdiff_t panel;
} columns;

INLINE void tile(const int rows, const int vectors, ptrdiff_t k, const float *a, columns b, float *c, ptrdiff_t c_row,
                 int accumulate) {
    lanes acc[RK_TILE_ROWS][8];
    EACH for (int i = 0; i < rows; i++)
        EACH for (int v = 0; v < vectors; v++) acc[i][v] = splat(0.0f);
    if (accumulate)
        EACH for (int i = 0; i < rows; i++)
            EACH for (int v = 0; v < vectors; v++) acc[i][v] = load(c + i * c_row + v * LANES);
    const float *bp = b.data;
    for (ptrdiff_t p = 0; p < k; p++) {
        lanes bv[8];
        EACH for (int v = 0; v < vectors; v++) bv[v] = load(bp + (v / 2) * b.panel + (v % 2) * LANES);
        EACH for (int i = 0; i < rows; i++) {
            lanes av = splat(a[i]);
            EACH for (int v = 0; v < vectors; v++) acc[i][v] = fma16(av, bv[v], acc[i][v]);
        }
        a += rows;
        bp += b.row;
    }
    EACH for (int i = 0; i < rows; i++)
        EACH for (int v = 0; v < vectors; v++) store(c + i * c_row + v * LANES, acc[i][v]);
}

typedef void (*tile_function)(ptrdiff_t k, const float *a, columns b, float *c, ptrdiff_t c_row, int accumulate);

#define TILE(R, V)                                                                                                      \
    static __attribute__((noinline)) void tile_##R##_##V(ptrdiff_t k, const float *a, columns b, float *c,              \
                                                         ptrdiff_t c_row, int accumulate) {                             \
        tile(R, V, k, a, b, c, c_row, accumulate);                                                                      \
    }
#define NONE(R, V)
#if RK_TILE_ROWS == 12
#define WIDE TILE
#else
#define WIDE NONE
#endif
#define TILES(R, T2, T4, T8) TILE(R, 1) T2(R, 2) T4(R, 4) T8(R, 8)
TILES(1, TILE, TILE, TILE)
TILES(2, TILE, TILE, TILE)
TILES(3, TILE, TILE, TILE)
TILES(4, TILE, TILE, NONE)
TILES(5, TILE, TILE, NONE)
TILES(6, TILE, TILE, NONE)
#if RK_TILE_ROWS == 12
TILES(7, TILE, NONE, NONE)
TILES(8, TILE, NONE, NONE)
TILES(9, TILE, NONE, NONE)
TILES(10, TILE, NONE, NONE)
TILES(11, TILE, NONE, NONE)
TILES(12, TILE, NONE, NONE)
#endif

// By rows, then by log2 of the vectors.
static const tile_function tiles[RK_TILE_ROWS + 1][4] = {
    {NULL, NULL, NULL, NULL},
    {tile_1_1, tile_1_2, tile_1_4, tile_1_8},
    {tile_2_1, tile_2_2, tile_2_4, tile_2_8},
    {tile_3_1, tile_3_2, tile_3_4, tile_3_8},
    {tile_4_1, tile_4_2, tile_4_4, NULL},
    {tile_5_1, tile_5_2, tile_5_4, NULL},
    {tile_6_1, tile_6_2, tile_6_4, NULL},
#if RK_TILE_ROWS == 12
    {tile_7_1, tile_7_2, NULL, NULL},
    {tile_8_1, tile_8_2, NULL, NULL},
    {tile_9_1, tile_9_2, NULL, NULL},
    {tile_10_1, tile_10_2, NULL, NULL},
    {tile_11_1, tile_11_2, NULL, NULL},
    {tile_12_1, tile_12_2, NULL, NULL},
#endif
};

// A tile whose last columns do not exist in c: through a buffer.
static void tile_edge(tile_function run, ptrdiff_t rows, ptrdiff_t n, ptrdiff_t k, const float *a, columns b, float *c,
                      ptrdiff_t c_row, int accumulate) {
    float buffer[RK_TILE_ROWS * 8 * LANES] __attribute__((aligned(64)));
    ptrdiff_t row = round_up(n, LANES);
    if (accumulate)
        for (ptrdiff_t i = 0; i < rows; i++)
            for (ptrdiff_t j = 0; j < row; j++) buffer[i * row + j] = j < n ? c[i * c_row + j] : 0.0f;
    run(k, a, b, buffer, row, accumulate);
    for (ptrdiff_t i = 0; i < rows; i++) memcpy(c + i * c_row, buffer + i * row, sizeof(float) * n);
}

// c[rows, n] (+)= a . b for one tile of rows, a packed [k][rows].
static void tile_row(ptrdiff_t rows, ptrdiff_t n, ptrdiff_t k, const float *a, columns b, float *c, ptrdiff_t c_row,
                     int accumulate) {
    ptrdiff_t most = RK_TILE_VECTORS(rows);
    ptrdiff_t vectors = (n + LANES - 1) / LANES;
    for (ptrdiff_t v = 0; v < vectors;) {
        ptrdiff_t width = most;
        int which = most == 8 ? 3 : most == 4 ? 2 : most == 2 ? 1 : 0;
        while (width > vectors - v || (width > 1 && v % 2 != 0)) {
            width /= 2;
            which -= 1;
        }
        columns here = {b.data + (v / 2) * b.panel + (v % 2) * LANES, b.row, b.panel};
        ptrdiff_t left = n - v * LANES;
        if (left >= width * LANES) tiles[rows][which](k, a, here, c + v * LANES, c_row, accumulate);
        else tile_edge(tiles[rows][which], rows, left, k, a, here, c + v * LANES, c_row, accumulate);
        v += width;
    }
}

// Tiles of m rows: as few as possible, as equal as possible.
INLINE ptrdiff_t tile_count(ptrdiff_t m) { return (m + RK_TILE_ROWS - 1) / RK_TILE_ROWS; }
INLINE ptrdiff_t tile_start(ptrdiff_t m, ptrdiff_t t, ptrdiff_t count) { return m * t / count; }

// Sixteen rows of sixteen floats, `row` apart (the rows from `rows` on count as zero), turned into their columns.
INLINE void transpose16(const float *x, ptrdiff_t row, ptrdiff_t rows, lanes *out) {
    lanes r[16], t[16];
    EACH for (int i = 0; i < 16; i++) r[i] = i < rows ? load(x + i * row) : splat(0.0f);
    EACH for (int i = 0; i < 16; i += 2) {
        t[i] = __builtin_shufflevector(r[i], r[i + 1], 0, 16, 1, 17, 4, 20, 5, 21, 8, 24, 9, 25, 12, 28, 13, 29);
        t[i + 1] = __builtin_shufflevector(r[i], r[i + 1], 2, 18, 3, 19, 6, 22, 7, 23, 10, 26, 11, 27, 14, 30, 15, 31);
    }
    // Now r[4 g + j] holds, in its quarter q, element 4 q + j of rows 4 g .. 4 g + 3.
    EACH for (int i = 0; i < 16; i += 4) {
        r[i] = __builtin_shufflevector(t[i], t[i + 2], 0, 1, 16, 17, 4, 5, 20, 21, 8, 9, 24, 25, 12, 13, 28, 29);
        r[i + 1] = __builtin_shufflevector(t[i], t[i + 2], 2, 3, 18, 19, 6, 7, 22, 23, 10, 11, 26, 27, 14, 15, 30, 31);
        r[i + 2] = __builtin_shufflevector(t[i + 1], t[i + 3], 0, 1, 16, 17, 4, 5, 20, 21, 8, 9, 24, 25, 12, 13, 28, 29);
        r[i + 3] =
            __builtin_shufflevector(t[i + 1], t[i + 3], 2, 3, 18, 19, 6, 7, 22, 23, 10, 11, 26, 27, 14, 15, 30, 31);
    }
    EACH for (int j = 0; j < 4; j++) {
        lanes a = r[j], b = r[j + 4], c = r[j + 8], d = r[j + 12];
        lanes ab_low = __builtin_shufflevector(a, b, 0, 1, 2, 3, 16, 17, 18, 19, 4, 5, 6, 7, 20, 21, 22, 23);
        lanes cd_low = __builtin_shufflevector(c, d, 0, 1, 2, 3, 16, 17, 18, 19, 4, 5, 6, 7, 20, 21, 22, 23);
        lanes ab_high = __builtin_shufflevector(a, b, 8, 9, 10, 11, 24, 25, 26, 27, 12, 13, 14, 15, 28, 29, 30, 31);
        lanes cd_high = __builtin_shufflevector(c, d, 8, 9, 10, 11, 24, 25, 26, 27, 12, 13, 14, 15, 28, 29, 30, 31);
        out[j] = __builtin_shufflevector(ab_low, cd_low, 0, 1, 2, 3, 4, 5, 6, 7, 16, 17, 18, 19, 20, 21, 22, 23);
        out[j + 4] =
            __builtin_shufflevector(ab_low, cd_low, 8, 9, 10, 11, 12, 13, 14, 15, 24, 25, 26, 27, 28, 29, 30, 31);
        out[j + 8] = __builtin_shufflevector(ab_high, cd_high, 0, 1, 2, 3, 4, 5, 6, 7, 16, 17, 18, 19, 20, 21, 22, 23);
        out[j + 12] =
            __builtin_shufflevector(ab_high, cd_high, 8, 9, 10, 11, 12, 13, 14, 15, 24, 25, 26, 27, 28, 29, 30, 31);
    }
}

// Rows of A as tiles, each [k][rows of the tile]. Stores are 16 wide: what one leaves behind its row, the next overwrites,
// so `packed` needs 16 floats of slack.
static void pack_rows(ptrdiff_t m, ptrdiff_t k, rk_operand a, float *packed) {
    ptrdiff_t count = tile_count(m);
    for (ptrdiff_t t = 0; t < count; t++) {
        ptrdiff_t first = tile_start(m, t, count), rows = tile_start(m, t + 1, count) - first, p = 0;
        const float *source = a.data + first * a.row;
        if (a.column == 1) {
            for (; p + LANES <= k; p += LANES) {
                lanes turned[16];
                transpose16(source + p, a.row, rows, turned);
                EACH for (int i = 0; i < 16; i++) store(packed + (p + i) * rows, turned[i]);
            }
        } else if (a.row == 1 && LANES <= m - first) {
            for (; p < k; p++) store(packed + p * rows, load(source + p * a.column));
        }
        for (; p < k; p++)
            for (ptrdiff_t i = 0; i < rows; i++) packed[p * rows + i] = source[i * a.row + p * a.column];
        packed += rows * k;
    }
}

// w is addressed as W [n, k]: row n, column k.
static void pack_panels(ptrdiff_t n, ptrdiff_t k, rk_operand w, float *panels) {
    for (ptrdiff_t first = 0; first < n; first += PANEL, panels += PANEL * k) {
        ptrdiff_t width = n - first < PANEL ? n - first : PANEL, p = 0;
        const float *source = w.data + first * w.row;
        if (w.row == 1 && width == PANEL) {
            for (; p < k; p++) {
                store(panels + p * PANEL, load(source + p * w.column));
                store(panels + p * PANEL + LANES, load(source + p * w.column + LANES));
            }
        } else if (w.column == 1) {
            for (; p + LANES <= k; p += LANES)
                for (ptrdiff_t half = 0; half < PANEL; half += LANES) {
                    lanes turned[16];
                    ptrdiff_t rows = width - half > LANES ? LANES : width - half;
                    transpose16(source + half * w.row + p, w.row, rows, turned);
                    EACH for (int i = 0; i < 16; i++) store(panels + (p + i) * PANEL + half, turned[i]);
                }
        }
        for (; p < k; p++)
            for (ptrdiff_t j = 0; j < PANEL; j++)
                panels[p * PANEL + j] = j < width ? source[j * w.row + p * w.column] : 0.0f;
    }
}

// c[m, n] (+)= a . b with b in place; a block of rows is packed once and meets every pair of panels in turn.
static void multiply_columns(ptrdiff_t m, ptrdiff_t n, ptrdiff_t k, rk_operand a, columns b, float *c, ptrdiff_t c_row,
                             int accumulate) {
    if (k == 0 && !accumulate)
        for (ptrdiff_t i = 0; i < m; i++) memset(c + i * c_row, 0, sizeof(float) * n);
    for (ptrdiff_t p = 0; p < k; p += BLOCK_K) {
        ptrdiff_t depth = k - p < BLOCK_K ? k - p : BLOCK_K;
        columns deep = {b.data + p * b.row, b.row, b.panel};
        int continues = accumulate || p > 0;
        for (ptrdiff_t i = 0; i < m; i += BLOCK_M) {
            ptrdiff_t height = m - i < BLOCK_M ? m - i : BLOCK_M;
            rk_operand block = {a.data + i * a.row + p * a.column, a.row, a.column};
            const float *packed = block.data;
            if (height > 1 || a.column != 1) {
                float *scratch = rk_scratch(RK_SCRATCH_A, BLOCK_M * BLOCK_K + LANES);
                pack_rows(height, depth, block, scratch);
                packed = scratch;
            }
            ptrdiff_t count = tile_count(height);
            ptrdiff_t step = count == 1 ? n : 4 * PANEL;
            for (ptrdiff_t j = 0; j < n; j += step) {
                ptrdiff_t width = n - j < step ? n - j : step;
                columns here = {deep.data + j / PANEL * b.panel, b.row, b.panel};
                for (ptrdiff_t t = 0; t < count; t++) {
                    ptrdiff_t first = tile_start(height, t, count), rows = tile_start(height, t + 1, count) - first;
                    tile_row(rows, width, depth, packed + first * depth, here, c + (i + first) * c_row + j, c_row,
                             continues);
                }
            }
        }
    }
}

static void pack(ptrdiff_t n, ptrdiff_t k, rk_operand w, float *panels) { pack_panels(n, k, w, panels); }

static void multiply_packed(ptrdiff_t m, ptrdiff_t n, ptrdiff_t k, rk_operand a, const float *panels, float *c,
                            ptrdiff_t c_row, int accumulate) {
    multiply_columns(m, n, k, a, (columns){panels, PANEL, PANEL * k}, c, c_row, accumulate);
}

static void multiply(ptrdiff_t m, ptrdiff_t n, ptrdiff_t k, rk_operand a, rk_operand b, float *c, ptrdiff_t c_row,
                     int accumulate) {
    if (k == 0) multiply_columns(m, n, 0, a, (columns){b.data, PANEL, 0}, c, c_row, accumulate);
    for (ptrdiff_t j = 0; j < n; j += BLOCK_N) {
        ptrdiff_t width = n - j < BLOCK_N ? n - j : BLOCK_N;
        for (ptrdiff_t p = 0; p < k; p += BLOCK_K) {
            ptrdiff_t depth = k - p < BLOCK_K ? k - p : BLOCK_K;
            float *panels = rk_scratch(RK_SCRATCH_B, (size_t)((width + PANEL - 1) / PANEL * PANEL * depth));
            rk_operand w = {b.data + p * b.row + j * b.column, b.column, b.row};
            pack_panels(width, depth, w, panels);
            rk_operand block = {a.data + p * a.column, a.row, a.column};
            multiply_columns(m, width, depth, block, (columns){panels, PANEL, PANEL * depth}, c + j, c_row,
                             accumulate || p > 0);
        }
    }
}
