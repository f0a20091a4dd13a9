// Carries the compiler and linker flags of libtorch's pkg-config file; its C++ headers are read by CTorch only.
