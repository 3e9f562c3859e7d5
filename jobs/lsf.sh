#!/bin/bash
# Trains on a cluster with LSF. The job stops with a checkpoint before its time is over, is queued again, and goes on with
# the same bits, on whatever hosts it gets.
#
#   bsub < lsf.sh                                                    one training
#   COMMAND=sweep PARTS=4 OUTPUT=runs/sweep bsub -J "sweep[1-4]" < lsf.sh     a sweep in four jobs, into one folder
#
# It needs no other file. `cnn-dist submit lsf` prints it filled in.

# Edit these.
#BSUB -J cnn-dist
#BSUB -n 16
#BSUB -R "span[ptile=8]"
#BSUB -W 08:00
#BSUB -o cnn-dist-%J.log

# What LSF is to do: warn two minutes before the end, queue again what was stopped early or has lost its host.
#BSUB -wa USR1 -wt 2
#BSUB -Q "75"
#BSUB -r

# And these.
COMMAND=${COMMAND:-train}       # train or sweep
PROGRAM=${PROGRAM:-cnn-dist}    # where the program is, on all hosts
OUTPUT=${OUTPUT:-runs/cnn-dist-$LSB_JOBID} # on a file system that all hosts share
PARTS=${PARTS:-1}               # the jobs of a sweep's array: bsub -J "name[1-PARTS]"
RESTARTS=${RESTARTS:-20}        # how often the job is queued again
SHARED_CORES=${SHARED_CORES:-0} # 1 if there are fewer cores than ranks
ARGUMENTS=(--virtual-shards 16) # all else that follows train or sweep, such as --config run.yaml
# module load openmpi

set -u
ranks=$(wc -l <"$LSB_DJOB_HOSTFILE")
part=${LSB_JOBINDEX:-1}
((part > 0)) || part=1 # 0 outside of arrays
placement=(-hostfile "$LSB_DJOB_HOSTFILE" --bind-to core)
limit=() # -wa does it
# LSF does not count; a file beside the folder does.
mkdir -p "$(dirname "$OUTPUT")"
count_file=$OUTPUT.restarts-$part
restarts=0
if [[ -e $OUTPUT && -e $count_file ]]; then restarts=$(<"$count_file"); fi
# LSF queues again what exits with 75.
again() {
  echo "$((restarts + 1))" >"$count_file"
  exit 75
}

# From here on the same in slurm.sbatch, pbs.sh and lsf.sh.

say() { printf '%s  cnn-dist job: %s\n' "$(date +%FT%T)" "$*"; }

# A machine that is lost without a word ends the job after 10 + 3 x 3 s; by default Open MPI waits eight minutes.
export OMPI_MCA_oob_tcp_keepalive_time=${OMPI_MCA_oob_tcp_keepalive_time:-10}
export OMPI_MCA_oob_tcp_keepalive_intvl=${OMPI_MCA_oob_tcp_keepalive_intvl:-3}
export OMPI_MCA_oob_tcp_keepalive_probes=${OMPI_MCA_oob_tcp_keepalive_probes:-3}
# When mpirun ends ranks, they have ten seconds for a checkpoint, not one. The end after exit code 75 takes twice as long,
# which the two minutes before the time limit allow for.
export OMPI_MCA_odls_base_sigkill_timeout=${OMPI_MCA_odls_base_sigkill_timeout:-10}
# Where ranks share cores and Open MPI cannot know: who waits lets others compute. With a core for each rank it costs time.
export OMPI_MCA_mpi_yield_when_idle=${OMPI_MCA_mpi_yield_when_idle:-$SHARED_CORES}
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
# mpirun passes USR1 on to all ranks; TERM it would follow with KILL.
trap 'say "asking the ranks to stop after their step"; kill -USR1 "$mpirun" 2>/dev/null' USR1 TERM
while :; do
  wait "$mpirun"
  code=$?
  kill -0 "$mpirun" 2>/dev/null || break # a signal only interrupts the waiting
done

if [[ -e $done_file ]]; then
  say "complete: $OUTPUT"
  exit 0
fi
case $code in
  75) say "stopped early, with all that is done in $OUTPUT" ;;
  64 | 65 | 66 | 70 | 74)
    say "failed with exit code $code: the message above says why; once that is mended, submit again to go on in $OUTPUT"
    exit "$code"
    ;;
  *) say "ended with exit code $code and is not complete: a rank, a machine or the network was lost, or the job was ended" ;;
esac
if ((restarts < RESTARTS)); then
  say "goes on in another job, restart $((restarts + 1)) of $RESTARTS"
  again
else
  say "not started again: $restarts restarts were allowed; submit again to go on in $OUTPUT"
fi
exit "$((code == 0 ? 1 : code))"
