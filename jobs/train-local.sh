#!/bin/bash
# Trains on this machine, with several ranks:
#
#   bash jobs/train-local.sh                       the real digits, eight ranks
#   bash jobs/train-local.sh --epochs 20           every flag of `cnn-dist train` can follow
#   RANKS=3 bash jobs/train-local.sh               on three ranks, with the same bits
#
# On a fresh Debian 12 with the Swift toolchain it first installs what is missing, and builds.
set -euo pipefail

# Edit these, or set them where you start it.
RANKS=${RANKS:-8} # at most as many as virtual shards, of which there are 8 by default

# shellcheck source=jobs/environment.sh
source "$(dirname "${BASH_SOURCE[0]}")/environment.sh"
install_packages
find_swift
build_program
set_up_mpi
# Without /dev/null mpirun would read the terminal, and stop when started in the background.
exec mpirun -n "$RANKS" "$program" train "$@" </dev/null
