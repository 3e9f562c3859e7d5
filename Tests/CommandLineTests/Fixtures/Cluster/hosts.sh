#!/bin/bash
# hosts.sh N COMMAND...: runs COMMAND on a machine that has N hosts beside it, n1 to nN.
#
# A host is a set of namespaces (network, names, processes, mounts, shared memory) with an address of its own on one bridge,
# and sees the same files, as on a cluster. Everything vanishes with COMMAND. It needs root.
#
# COMMAND has the folder $HOSTS: $HOSTS/on n2 'command' runs a command there, $HOSTS/pid/n2 is the process that carries the
# host (killing it is a crash), and v2 is the cable of n2 (`ip link set v2 down` cuts it). mpirun starts ranks on all hosts.
set -euo pipefail

if [[ -z ${HOSTS:-} ]]; then
  HOSTS=$(mktemp -d /tmp/hosts.XXXXXX)
  export HOSTS
  code=0
  unshare --mount --net --uts --ipc --pid --fork --kill-child --mount-proc --propagation private \
    -- bash "$(realpath "$0")" "$@" || code=$?
  rm -rf "$HOSTS"
  exit "$code"
fi

count=$1
shift
network=10.77.0
mkdir "$HOSTS/pid" "$HOSTS/tmp"
hostname head
mount -t tmpfs tmpfs /dev/shm
{
  echo "127.0.0.1 localhost"
  echo "$network.254 head"
  for ((i = 1; i <= count; i++)); do echo "$network.$i n$i"; done
} >"$HOSTS/names"
mount --bind "$HOSTS/names" /etc/hosts
ip link set lo up
ip link add bridge0 type bridge
ip addr add $network.254/24 dev bridge0
ip link set bridge0 up

cat >"$HOSTS/on" <<'EOS'
#!/bin/sh
# on HOST COMMAND: runs a command on a host; mpirun starts its daemons with it.
host=$1
shift
folder=$(pwd)
exec nsenter --target "$(cat "$HOSTS/pid/$host")" --net --uts --ipc --pid --mount sh -c "cd '$folder'; $*"
EOS
chmod +x "$HOSTS/on"

for ((i = 1; i <= count; i++)); do
  # shellcheck disable=SC2016  # the host's own shell expands these
  host='hostname "$1"; mount -t tmpfs tmpfs /dev/shm; ip link set lo up; : >"$HOSTS/pid/$1.up"
    trap "exit 0" TERM; while :; do sleep 100000 & wait; done'
  unshare --net --uts --ipc --pid --mount --fork --kill-child --mount-proc --propagation private \
    bash -c "$host" host "n$i" </dev/null &
  for ((wait = 0; wait < 500; wait++)); do
    [[ -e $HOSTS/pid/n$i.up ]] && break
    sleep 0.01
  done
  pid=$(tr -d " " <"/proc/$!/task/$!/children")
  echo "$pid" >"$HOSTS/pid/n$i"
  ip link add "v$i" type veth peer name eth0 netns "$pid"
  ip link set "v$i" master bridge0 up
  nsenter --target "$pid" --net ip addr add $network.$i/24 dev eth0
  nsenter --target "$pid" --net ip link set eth0 up
  echo "n$i slots=${SLOTS:-2}" >>"$HOSTS/hostfile"
done

export OMPI_ALLOW_RUN_AS_ROOT=1 OMPI_ALLOW_RUN_AS_ROOT_CONFIRM=1 OMPI_MCA_orte_tmpdir_base=$HOSTS/tmp
export OMPI_MCA_plm_rsh_agent=$HOSTS/on OMPI_MCA_orte_default_hostfile=$HOSTS/hostfile
# All hosts share the cores of this machine, and Open MPI cannot know.
export OMPI_MCA_mpi_yield_when_idle=1
code=0
"$@" || code=$?
exit "$code"
