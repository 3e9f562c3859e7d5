#!/bin/bash
# Measures training on one core: images a second, and where a step spends its time.
#
#   bash jobs/benchmark.sh                         the three networks, with 1 and with 8 virtual shards
#   WORKLOADS=mnist SHARDS=8 bash jobs/benchmark.sh --convolution direct       flags of `cnn-dist train` can follow
#
# The images are random numbers, made by Python with numpy and h5py (PYTHON says which). On a shared machine compare runs
# that were made by turns, and look at the best of several.
set -euo pipefail

# Edit these, or set them where you start it.
WORKLOADS=${WORKLOADS:-mnist cifar10 vgg16}
SHARDS=${SHARDS:-1 8}
EPOCHS=${EPOCHS:-4} # the first one warms up
CORE=${CORE:-0}     # the processor to stay on
PYTHON=${PYTHON:-python3}

# shellcheck source=jobs/environment.sh
source "$(dirname "${BASH_SOURCE[0]}")/environment.sh"
install_packages
find_swift
build_program
set_up_mpi

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"

# One line a workload: images, height, channels, batch size, optimizer.
settings() {
  case $1 in
  mnist) echo 6400 28 1 64 '{name: rmsprop, learning_rate: 0.001}' ;;
  cifar10) echo 4800 32 3 32 '{name: adam, learning_rate: 0.001}' ;;
  vgg16) echo 160 32 3 32 '{name: sgd, learning_rate: 0.01, momentum: 0.9}' ;;
  *) fail 64 "unknown workload '$1'; known: mnist, cifar10, vgg16" ;;
  esac
}

layers() {
  local filters
  if [[ $1 == vgg16 ]]; then
    for filters in 64 64 pool 128 128 pool 256 256 256 pool 512 512 512 pool 512 512 512 pool; do
      if [[ $filters == pool ]]; then echo '  - MaxPooling2D'; else
        echo "  - Conv2D: {filters: $filters, kernel_size: 3, padding: same, activation: relu}"
      fi
    done
    echo '  - GlobalAveragePooling2D'
  else
    for filters in 32 pool 64 pool 64; do
      if [[ $filters == pool ]]; then echo '  - MaxPooling2D'; else
        echo "  - Conv2D: {filters: $filters, kernel_size: 3, activation: relu}"
      fi
    done
    printf '  - Flatten\n  - Dense: {units: 64, activation: relu}\n'
  fi
  echo '  - Dense: {units: 10, activation: softmax}'
}

prepare() {
  local workload=$1 images side channels batch optimizer
  read -r images side channels batch optimizer < <(settings "$workload")
  printf 'model:\n  name: %s\n  layers:\n%s\nstore: %s.h5\nbatch_size: %s\noptimizer: %s\n' \
    "$workload" "$(layers "$workload" | sed 's/^/  /')" "$workload" "$batch" "$optimizer" >"$workload.yaml"
  "$PYTHON" - "$workload.h5" "$images" "$side" "$channels" <<'PYTHON' || fail 66 'the stores need Python with numpy and h5py: PYTHON=/path/to/python'
import sys
import h5py
import numpy as np
images, side, channels = map(int, sys.argv[2:])
random = np.random.default_rng(1)
with h5py.File(sys.argv[1], "w") as store:
    store.attrs["format"], store.attrs["version"] = "cnn-dist image store", 1
    store["train/images"] = random.random((images, side, side, channels), dtype=np.float32)
    store["train/labels"] = random.integers(0, 10, images)
PYTHON
}

run() { # run WORKLOAD SHARDS EPOCHS FLAG...
  local workload=$1 shards=$2 epochs=$3
  shift 3
  rm -rf run
  taskset -c "$CORE" "$program" train --config "$workload.yaml" --virtual-shards "$shards" --epochs "$epochs" \
    --output run "$@" </dev/null
}

for workload in $WORKLOADS; do
  prepare "$workload"
  read -r images _ < <(settings "$workload")
  for shards in $SHARDS; do
    run "$workload" "$shards" "$EPOCHS" "$@" | awk -v name="$workload, $shards virtual shards" '
      /^epoch/ && !/^epoch 1\// { for (i = 2; i <= NF; i++) if ($i == "images/s") { gsub(",", "", $(i - 1)); if ($(i - 1) > best) best = $(i - 1) } }
      END { printf "%s: %d images/s, %.1f µs an image\n", name, best, 1e6 / best }'
    # oneDNN prints a line for each primitive it runs; the last field is milliseconds.
    ONEDNN_VERBOSE=1 run "$workload" "$shards" 1 "$@" | awk -F, -v images="$images" '
      $2 == "exec" { time[$4 " " $6] += $NF }
      END { for (kind in time) printf "  %8.1f µs an image  %s\n", time[kind] * 1000 / images, kind }' | sort -rn
  done
done
