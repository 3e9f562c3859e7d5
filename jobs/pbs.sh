#!/bin/bash
# Trains on a cluster with PBS (OpenPBS, PBS Professional, Torque). The job stops with a checkpoint before its time is over,
# submits itself again, and goes on with the same bits, on whatever nodes it gets.
#
#   qsub pbs.sh                                                      one training
#   qsub -J 1-4 -v COMMAND=sweep,PARTS=4,OUTPUT=runs/sweep pbs.sh    a sweep in four jobs, into one folder (Torque: -t 1-4)
#
# It needs no other file. `cnn-dist submit pbs` prints it filled in.

# Edit these. Torque writes the second line as nodes=2:ppn=8.
#PBS -N cnn-dist
#PBS -l select=2:ncpus=8:mpiprocs=8
#PBS -l walltime=08:00:00
#PBS -j oe

# What PBS is to do: begin the job anew when its machine is lost.
#PBS -r y

# And these.
TIME=${TIME:-08:00:00}          # the same as walltime: PBS warns nobody, so the program looks at the clock
COMMAND=${COMMAND:-train}       # train or sweep
PROGRAM=${PROGRAM:-cnn-dist}    # where the program is, on all nodes
OUTPUT=${OUTPUT:-runs/$PBS_JOBNAME-${PBS_JOBID%%[!0-9]*}} # on a file system that all nodes share
PARTS=${PARTS:-1}               # the jobs of a sweep's array: qsub -J 1-PARTS
RESTARTS=${RESTARTS:-20}        # how often the job is submitted again
SHARED_CORES=${SHARED_CORES:-0} # 1 if there are fewer cores than ranks
ARGUMENTS=(--virtual-shards 16) # all else that follows train or sweep, such as --config run.yaml
# module load openmpi

set -u
cd "$PBS_O_WORKDIR" || exit 66
ranks=$(wc -l <"$PBS_NODEFILE")
part=${PART:-${PBS_ARRAY_INDEX:-${PBS_ARRAYID:-}}}
restarts=${STARTED:-0}
placement=(-hostfile "$PBS_NODEFILE")
IFS=: read -r hours minutes seconds <<<"$TIME"
limit=(--deadline "$((10#$hours * 3600 + 10#$minutes * 60 + 10#$seconds - SECONDS - 120))s")
# Only operators may call qrerun; the copy of this script that PBS runs is submitted as a new job. Names without values: qsub
# takes the values from here, whatever characters are in them.
again() {
  export STARTED=$((restarts + 1)) PART=$part COMMAND PROGRAM OUTPUT PARTS TIME RESTARTS SHARED_CORES
  qsub -v STARTED,PART,COMMAND,PROGRAM,OUTPUT,PARTS,TIME,RESTARTS,SHARED_CORES "$0"
}

# From here on the same in slurm.sbatch, pbs.sh and lsf.sh.

say() { printf '%s  cnn-dist job: %s\n' "$(date +%FT%T)" "$*"; }
fail() { # fail CODE WORDS...: says the words, and ends the job
  say "${@:2}"
  exit "$1"
}

# Better said once than by every restart.
for command in mpirun "$PROGRAM"; do
  command -v "$command" >/dev/null ||
    fail 66 "there is no command '$command' on $(hostname): load its module in this script, or write the path"
done
if ((PARTS > 1)) && [[ -z $part ]]; then fail 64 "$PARTS parts need an array of $PARTS jobs: see the first lines of this script"; fi
part=${part:-1}

# A machine that is lost without a word ends the job after 10 + 3 x 3 s; by default Open MPI waits eight minutes.
export OMPI_MCA_oob_tcp_keepalive_time=${OMPI_MCA_oob_tcp_keepalive_time:-10}
export OMPI_MCA_oob_tcp_keepalive_intvl=${OMPI_MCA_oob_tcp_keepalive_intvl:-3}
export OMPI_MCA_oob_tcp_keepalive_probes=${OMPI_MCA_oob_tcp_keepalive_probes:-3}
# When mpirun ends ranks, they have ten seconds for a checkpoint, not one. The end after exit code 75 takes twice as long,
# which the two minutes before the time limit allow for.
export OMPI_MCA_odls_base_sigkill_timeout=${OMPI_MCA_odls_base_sigkill_timeout:-10}
# Where ranks share cores and Open MPI cannot know: who waits lets others compute. With a core for each rank it costs time.
export OMPI_MCA_mpi_yield_when_idle=${OMPI_MCA_mpi_yield_when_idle:-$SHARED_CORES}
if ((SHARED_CORES)); then placement+=(--bind-to none); else placement+=(--bind-to core); fi
# A rank is one thread.
export OMP_NUM_THREADS=1

if [[ $COMMAND == sweep ]]; then
  what=(sweep --output "$OUTPUT" --part "$part/$PARTS")
  done_file=$OUTPUT/part-$part-of-$PARTS.done
else
  what=(train --output "$OUTPUT")
  done_file=$OUTPUT/done
  # A run that was begun is continued, from its newest checkpoint or, without one, from the beginning.
  if [[ -e $OUTPUT/checkpoints ]]; then what+=(--resume); fi
fi

# What ranks on other machines get besides Open MPI's own settings.
forwarded=(-x OMP_NUM_THREADS -x PATH)
if [[ -n ${LD_LIBRARY_PATH:-} ]]; then forwarded+=(-x LD_LIBRARY_PATH); fi

say "start $((restarts + 1)), $ranks ranks: $PROGRAM ${what[*]} ${ARGUMENTS[*]}"
mpirun -n "$ranks" "${placement[@]}" "${forwarded[@]}" \
  "$PROGRAM" "${what[@]}" "${ARGUMENTS[@]}" "${limit[@]}" </dev/null &
mpirun=$!
# mpirun passes USR1 on to all ranks; TERM it would follow with KILL. USR1 comes before the time is over; TERM and INT come when
# the job is cancelled, and then it must not come back.
was_ended=0
was_interrupted=0
trap 'was_interrupted=1; say "asking the ranks to stop after their step"; kill -USR1 "$mpirun" 2>/dev/null' USR1
trap 'was_ended=1; kill -USR1 $$' TERM INT
while :; do
  was_interrupted=0
  wait "$mpirun"
  code=$?
  ((was_interrupted)) || break # else it is the code of the signal; that of mpirun can be had once more if it has ended
done

case $code in
  64 | 65 | 66 | 70 | 74) fail "$code" "exit code $code: the message above says why; once that is mended, submit again to go on in $OUTPUT" ;;
esac
if [[ -e $done_file ]]; then
  say "complete: $OUTPUT"
  exit 0
fi
case $code in
  75) say "stopped early, with all that is done in $OUTPUT" ;;
  137) say "exit code 137: a rank was killed, often for want of memory; what was done is in $OUTPUT" ;;
  9 | 205) say "exit code $code: a machine or its network was lost, or others took its place; what was done is in $OUTPUT" ;;
  *) say "exit code $code, and not complete: what is above may say why; what was done is in $OUTPUT" ;;
esac
if ((code == 0)); then code=1; fi
if ((was_ended)); then fail "$code" "not started again, as it was cancelled; submit again to go on in $OUTPUT"; fi
if ((restarts >= RESTARTS)); then
  fail "$code" "not started again: $RESTARTS restarts were allowed; submit again to go on in $OUTPUT"
fi
say "goes on in another job, restart $((restarts + 1)) of $RESTARTS"
again || fail "$code" "that was refused; submit again to go on in $OUTPUT"
exit "$code"
