#ifndef FILE_MAP_H
#define FILE_MAP_H
#endif
