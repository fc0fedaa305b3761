// What must be included before a target attribute is pushed.
#include "CKernels.h"
#include "Scratch.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
