#!/bin/bash
# slurm.sh CPUS COMMAND...: within hosts.sh, starts Slurm on all hosts, each with so many processors, and runs COMMAND.
#
# Jobs that are queued again start at once where COMMAND asks for it: `scontrol update JobId=… StartTime=now`.
set -euo pipefail

: "${HOSTS:?hosts.sh sets it}"
cpus=$1
shift
slurm=$HOSTS/slurm
hosts=$(wc -l <"$HOSTS/hostfile")
mkdir -p "$slurm"/{state,spool,log,munge}
chmod 700 "$slurm/munge"
(umask 077 && head -c 128 /dev/urandom >"$slurm/munge/key")
export SLURM_CONF=$slurm/slurm.conf
cat >"$SLURM_CONF" <<EOS
ClusterName=test
SlurmctldHost=head(10.77.0.254)
SlurmUser=root
SlurmdUser=root
AuthType=auth/munge
AuthInfo=socket=$slurm/munge/socket
StateSaveLocation=$slurm/state
SlurmdSpoolDir=$slurm/spool/%n
SlurmctldPidFile=$slurm/slurmctld.pid
SlurmdPidFile=$slurm/slurmd.%n.pid
SlurmctldLogFile=$slurm/log/slurmctld.log
SlurmdLogFile=$slurm/log/slurmd.%n.log
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
SelectType=select/cons_tres
SelectTypeParameters=CR_Core
SlurmdParameters=config_overrides
SchedulerParameters=sched_interval=1,sched_min_interval=0,bf_interval=1,batch_sched_delay=0,requeue_delay=0
ReturnToService=2
SlurmdTimeout=10
MailProg=/bin/true
${TASK_PROLOG:+TaskProlog=$slurm/prolog}
NodeName=n[1-$hosts] NodeAddr=10.77.0.[1-$hosts] CPUs=$cpus State=UNKNOWN
PartitionName=main Nodes=ALL Default=YES MaxTime=INFINITE State=UP
EOS

if [[ -n ${TASK_PROLOG:-} ]]; then
  # Jobs that are submitted by jobs know nothing of this shell's variables.
  printf '#!/bin/sh\nHOSTS=%q SLURM_CONF=%q PATH=%q\nexport HOSTS SLURM_CONF PATH\n. %q\n' \
    "$HOSTS" "$SLURM_CONF" "$PATH" "$TASK_PROLOG" >"$slurm/prolog"
  chmod +x "$slurm/prolog"
fi

munged --foreground --force --key-file="$slurm/munge/key" --socket="$slurm/munge/socket" --pid-file="$slurm/munge/pid" \
  --log-file="$slurm/munge/log" --seed-file="$slurm/munge/seed" --num-threads=2 2>/dev/null &
for ((wait = 0; wait < 500; wait++)); do
  [[ -S $slurm/munge/socket ]] && break
  sleep 0.02
done
slurmctld -D -c -f "$SLURM_CONF" >/dev/null 2>&1 &
for ((i = 1; i <= hosts; i++)); do "$HOSTS/on" "n$i" "exec slurmd -D -N n$i -f $SLURM_CONF" >/dev/null 2>&1 & done
for ((wait = 0; wait < 300; wait++)); do
  idle=$(sinfo -h -p main -t idle -o %D 2>/dev/null || true)
  [[ $idle == "$hosts" ]] && break
  sleep 0.1
done
[[ ${idle:-} == "$hosts" ]] || { tail -n 20 "$slurm"/log/* >&2; exit 69; }

# mpirun finds its hosts by Slurm alone.
unset OMPI_MCA_plm_rsh_agent OMPI_MCA_orte_default_hostfile
code=0
"$@" || code=$?
exit "$code"
