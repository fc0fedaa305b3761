#define RK_NAME generic
#define RK_TILE_ROWS 6
#define RK_TILE_VECTORS(rows) 1
#include "Prelude.h"
#include "Level.h"
