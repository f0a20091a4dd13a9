#include "file_map.h"
