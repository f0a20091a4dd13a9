#include "ctorch.h"
#include <ATen/ATen.h>
#include <ATen/Parallel.h>
int ct_num_threads(void) { return at::get_num_threads(); }
