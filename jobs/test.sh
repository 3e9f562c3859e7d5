#!/bin/bash
# Runs all tests:
#
#   bash jobs/test.sh                              everything
#   bash jobs/test.sh --filter LayerContractTests  every flag of `swift test` can follow
#
# On a fresh Debian 12 with the Swift toolchain it first installs what is missing, and builds. It builds once, without
# optimisation: the tests need the program's inner parts and its checks, which a release build leaves out, and those of
# the whole program run the binary of that same build. Modules that calculate are optimised there too (see Package.swift).
set -euo pipefail

# shellcheck source=jobs/environment.sh
source "$(dirname "${BASH_SOURCE[0]}")/environment.sh"

# phase NAME COMMAND...: runs the command and notes its time.
times=()
phase() {
  local name=$1 start=$SECONDS
  shift
  "$@"
  times+=("$name $((SECONDS - start)) s")
}

# What the tests of jobs/ run on: Slurm, on hosts made of namespaces. Only root can make those; for others they are skipped.
if ((EUID == 0)); then
  packages+=(slurmctld slurmd slurm-client slurm-wlm-torque munge iproute2 nftables shellcheck)
fi

# Tests start the services that they need; the installation is to start none.
install_without_services() (
  policy=/usr/sbin/policy-rc.d
  if ((EUID == 0)) && [[ ! -e $policy ]]; then
    trap 'rm -f "$policy"' EXIT
    printf '#!/bin/sh\nexit 101\n' >"$policy"
    chmod +x "$policy"
  fi
  install_packages
)

lint() { swift format lint --strict -r "$root/Sources" "$root/Tests" "$root/Package.swift"; }
build() { swift_package build --build-tests; }
run_tests() { swift test --package-path "$root" --skip-build --disable-xctest "$@"; }

finish() {
  local code=$? done=
  ((${#times[@]})) && done=$(printf ', %s' "${times[@]}")
  if ((code)); then say "FAILED after $SECONDS s, with exit code $code"; else say "$SECONDS s in all: ${done:2}"; fi
}
trap finish EXIT

phase packages install_without_services
find_swift
phase lint lint
phase build build
set_up_mpi
phase tests run_tests "$@"
