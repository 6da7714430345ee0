package dev.plinth.spi;

/// One concern of every call: it may look, rewrite, refuse, or act before and after the rest.
///
/// Thread-safe: one step serves all calls.
@FunctionalInterface
public interface Step {

  /// The rest of the pipeline.
  @FunctionalInterface
  interface Next {
    /// Hands a call to the rest of the pipeline; a step may do so several times.
    Outcome apply(Call call);
  }

  /// Handles a call, usually by way of the next steps.
  Outcome apply(Call call, Next next);
}
