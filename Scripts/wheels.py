"""Reads and unpacks the wheels that Scripts/set-up downloads. Only Python's standard library is used.

  wheels.py toolkit TORCH_WHEEL                            the CUDA toolkit that the wheel asks for, or nothing
  wheels.py cuda TORCH_WHEEL TOOLKIT_WHEEL cpu|cuda        the CUDA wheels to download, one requirement a line
  wheels.py unpack cpu|cuda DESTINATION WHEEL...           headers, libraries and licences, all in one layout
"""

import base64
import csv
import hashlib
import io
import os
import re
import sys
import zipfile

# What libtorch_cpu.so names as needed even where no GPU is used.
LOADED_WITHOUT_GPU = ["cudart", "cupti"]

# Parts of torch/lib that serve Python, or nothing but the link line of C++ projects.
NOT_NEEDED = re.compile(r"python|^libshm\b|^libtorch_global_deps\b|^libtorch\.(so|dylib)$")
CUDA_HALF = re.compile(r"cuda|nvrtc|nvshmem")

REQUIREMENT = re.compile(r"([A-Za-z0-9._-]+)\s*(?:\[([^]]*)\])?\s*(==[^;\s]+)?\s*(?:;\s*(.*))?$")


class WheelError(Exception):
    """A wheel is not whole, or not laid out as expected; the command exits with 3."""


def open_wheel(path):
    try:
        return zipfile.ZipFile(path)
    except zipfile.BadZipFile as error:
        raise WheelError("%s is not a whole wheel: %s" % (os.path.basename(path), error))


def read_member(wheel, path, suffix):
    """The text of the one file of the wheel's .dist-info folder whose name ends in `suffix`."""
    names = [name for name in wheel.namelist() if re.match(r"[^/]+\.dist-info/" + suffix + "$", name)]
    if len(names) != 1:
        raise WheelError("%s has no %s" % (os.path.basename(path), suffix))
    return wheel.read(names[0]).decode("utf-8")


def requirements(path):
    """(name, extras, pin, marker) of each Requires-Dist line."""
    with open_wheel(path) as wheel:
        metadata = read_member(wheel, path, "METADATA")
    header = metadata.split("\n\n", 1)[0]
    for line in header.splitlines():
        if line.startswith("Requires-Dist:"):
            match = REQUIREMENT.match(line[len("Requires-Dist:"):].strip())
            if match:
                name, extras, pin, marker = match.groups()
                yield name, [e.strip() for e in (extras or "").split(",")], pin or "", marker or ""


def toolkit(torch_wheel):
    """The requirement on NVIDIA's toolkit package and the parts of it that are asked for."""
    for name, extras, pin, _ in requirements(torch_wheel):
        if name == "cuda-toolkit":
            return name + pin, extras
    return None, []


def cuda_requirements(torch_wheel, toolkit_wheel, variant):
    _, parts = toolkit(torch_wheel)
    if variant == "cpu":
        parts = [part for part in parts if part in LOADED_WITHOUT_GPU]
    for name, _, pin, marker in requirements(toolkit_wheel):
        extra = re.search(r"extra == ['\"]([^'\"]+)['\"]", marker)
        if extra and extra.group(1) in parts:
            yield name + pin
    if variant == "cuda":
        for name, _, pin, marker in requirements(torch_wheel):
            if name.startswith("nvidia-") and "extra" not in marker:
                yield name + pin


def destination(name, variant):
    """Where a wheel's file goes, relative to the libtorch folder; None for what is not needed."""
    parts = name.split("/")
    base = parts[-1]
    if not base or ".." in parts:
        return None
    if parts[:2] == ["torch", "include"]:
        return "/".join(parts[1:])
    if parts[:2] == ["torch", "lib"] and len(parts) == 3:
        if NOT_NEEDED.search(base) or (variant == "cpu" and CUDA_HALF.search(base)):
            return None
        return "lib/" + base
    if parts[0] == "nvidia" and len(parts) == 4 and parts[2] == "lib" and ".so" in base:
        wanted = variant == "cuda" or base.split(".")[0][len("lib"):] in LOADED_WITHOUT_GPU
        return "lib/" + base if wanted else None
    if parts[0].endswith(".dist-info") and re.match(r"(licen[cs]e|notice|copying)", parts[1], re.I):
        return "/".join(["licenses", parts[0].split("-")[0]] + parts[1:])
    return None


def copy_verified(wheel, name, recorded, target):
    """Writes one file and checks it against the wheel's own record; returns its size."""
    digest = hashlib.sha256()
    os.makedirs(os.path.dirname(target), exist_ok=True)
    with wheel.open(name) as source, open(target, "xb") as sink:
        for block in iter(lambda: source.read(1 << 20), b""):
            digest.update(block)
            sink.write(block)
        size = sink.tell()
    found = "sha256=" + base64.urlsafe_b64encode(digest.digest()).rstrip(b"=").decode()
    if found != recorded:
        raise WheelError("%s differs from what the wheel's record says" % name)
    return size


def unpack(path, folder, variant):
    with open_wheel(path) as wheel:
        records = csv.reader(io.StringIO(read_member(wheel, path, "RECORD")))
        recorded = {row[0]: row[1] for row in records if len(row) == 3}
        count = size = 0
        for name in wheel.namelist():
            target = destination(name, variant)
            if target is None:
                continue
            try:
                size += copy_verified(wheel, name, recorded.get(name), os.path.join(folder, target))
            except FileExistsError:
                raise WheelError("%s would overwrite another wheel's %s" % (os.path.basename(path), target))
            except (zipfile.BadZipFile, EOFError) as error:
                raise WheelError("%s is damaged: %s" % (os.path.basename(path), error))
            count += 1
    print("      %s: %d files, %.1f MB" % (os.path.basename(path), count, size / 1e6), flush=True)


def main(arguments):
    try:
        if len(arguments) == 2 and arguments[0] == "toolkit":
            requirement, _ = toolkit(arguments[1])
            print(requirement or "")
        elif len(arguments) == 4 and arguments[0] == "cuda":
            print("\n".join(cuda_requirements(*arguments[1:])))
        elif len(arguments) >= 4 and arguments[0] == "unpack":
            for path in arguments[3:]:
                unpack(path, arguments[2], arguments[1])
        else:
            sys.exit(__doc__)
    except WheelError as error:
        print(error, file=sys.stderr)
        sys.exit(3)
    except OSError as error:
        sys.exit(str(error))


if __name__ == "__main__":
    main(sys.argv[1:])
