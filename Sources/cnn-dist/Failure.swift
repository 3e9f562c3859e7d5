import Archives
import ArgumentParser
import Datasets
import Doctor
import Glibc
import HDF5
import MPI
import NeuralNetwork
import Numerics
import Pictures
import Sweeps
import Training

/// What happens when the program cannot go on.
enum Failure {
  /// Prints one message and ends the job with the error's exit code.
  ///
  /// The job is ended by `MPI_Abort`: a rank that left through `MPI_Finalize` would wait for the others for ever. What is
  /// wrong on every rank is said by rank 0; the others give it time to.
  static func end(with error: any Error) -> Never {
    let code = exitCode(for: error)
    let rank = Rank.ofThisProcess
    // When another rank ends the job, this one's message is not to be printed too.
    StopSignals.release()
    // All ranks have stopped, and none waits for another.
    if error is StoppedEarly {
      // mpirun takes the code for a fault: it passes on no more of what others say, and ends them.
      if rank > 0 { exit(EXIT_SUCCESS) }
      write(message(for: error))
      exit(code)
    }
    // MPI has ended, and rank 0 has printed what is wrong.
    if error is Diagnosed { exit(code) }
    // Each of these processes is alone, and would say the same; the first does.
    if error is SingletonError, rank > 0 {
      sleep(1)
      exit(code)
    }
    let speaks = (error as? TrialError)?.isFirstOfGroup ?? (rank == 0)
    if isTheSameOnEveryRank(error), !speaks {
      // The first rank says it and ends the job; where it does not come to that, it is said here.
      sleep(10)
      write(message(for: error))
      Environment.abort(code: code)
    }
    if code != ExitCode.success.rawValue, !speaks {
      // Long enough for the first rank of a busy machine to speak for all.
      usleep(UInt32(2_000_000 + 50_000 * min(rank, 30)))
    }
    if code == ExitCode.success.rawValue {
      // Help and version are no failures; all ranks have them.
      if rank == 0 {
        StandardStream.output.say(CNNDist.fullMessage(for: error) + "\n")
        finishOutput()
      }
      exit(code)
    }
    if rank == 0 || Environment.isRunning { write(message(for: error)) }
    if !Rank.hasOthers && Environment.worldSize == 1 { exit(code) }
    Environment.abort(code: code)
  }

  /// Whether all ranks that train together have come to this error together.
  private static func isTheSameOnEveryRank(_ error: any Error) -> Bool {
    let error = (error as? TrialError)?.error ?? error
    return error is NonFiniteNumber || error is Desynchronization || error is DoctorError || error is CheckpointError
  }

  private static func message(for error: any Error) -> String {
    if let error = error as? UsageError { return Text.visibleLines("\(error)") + "\n" }
    guard isOurs(error) else { return Text.visibleLines(UnknownFlag.explained(CNNDist.fullMessage(for: error))) + "\n" }
    let advice = (error as? NonFiniteNumber).map { "; \($0.advice)" } ?? ""
    // What is wrong with a file or a setting is wrong for all ranks; rank 0 says it.
    let rank = exitCode(for: error) == EX_SOFTWARE ? Rank.prefix : Rank.prefixOfOthers
    return "cnn-dist: \(rank)\(Text.visibleLines(GivenFile.explanation(of: error) ?? "\(error)"))\(advice)\n"
  }

  private static func write(_ text: String) {
    StandardStream.errors.say(text)
    finishOutput()
    // mpirun may not read on when a rank has failed.
    if Rank.hasOthers { usleep(100_000) }
  }

  /// Waits until what was said is written, as long as somebody reads it.
  static func finishOutput() {
    StandardStream.output.finish()
    StandardStream.errors.finish()
  }

  /// The exit codes: 64 usage, 65 bad data or configuration, 66 file not found, 70 internal, 74 input or
  /// output failed, 75 stopped early, run me again.
  static func exitCode(for error: any Error) -> Int32 {
    switch error {
    case is UsageError: EX_USAGE
    case let error as DatasetError where error.kind == .notFound: EX_NOINPUT
    case let error as DatasetError: error.kind == .unreadable ? EX_IOERR : EX_DATAERR
    case let error as HDF5Error where error.kind == .fileNotFound: EX_NOINPUT
    case let error as HDF5Error: error.kind == .unreadable ? EX_IOERR : EX_DATAERR
    case let error as FileReadError: error.isMissing ? EX_NOINPUT : error.isTooLarge ? EX_DATAERR : EX_IOERR
    case let error as RunFolderError: error.isMissing ? EX_NOINPUT : EX_DATAERR
    case let error as PictureError:
      switch error.kind {
      case .missing: EX_NOINPUT
      case .unreadable: EX_IOERR
      default: EX_DATAERR
      }
    case let error as ArchiveError:
      switch error.kind {
      case .missing: EX_NOINPUT
      case .unreadable: EX_IOERR
      case .broken, .tooLarge: EX_DATAERR
      }
    case is ConfigurationError, is ShapeError, is VirtualShardsError, is CheckpointError, is ReplicaError,
      is InitialWeightsError, is MatrixError, is DamagedStoreError:
      EX_DATAERR
    case is FileWriteError: EX_IOERR
    case is NonFiniteNumber, is ReplayError: EX_DATAERR
    case is StoppedEarly, is RunLockError: EX_TEMPFAIL
    case let error as Diagnosed: exitCode(for: error.error)
    case let error as TrialError: exitCode(for: error.error)
    case let error as DoctorError:
      switch error.failure {
      case .mismatch: EX_DATAERR
      case .machine: EX_SOFTWARE
      case .files: EX_IOERR
      case .missing: EX_NOINPUT
      }
    default: isArgumentParsers(error) ? CNNDist.exitCode(for: error).rawValue : EX_SOFTWARE
    }
  }

  private static func isOurs(_ error: any Error) -> Bool { !isArgumentParsers(error) }

  /// The parser's errors are not public; it knows the exit codes of its own, and calls every other a failure.
  private static func isArgumentParsers(_ error: any Error) -> Bool {
    CNNDist.exitCode(for: error) != .failure
  }
}
