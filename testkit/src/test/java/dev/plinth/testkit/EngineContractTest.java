package dev.plinth.testkit;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.plinth.Database;
import dev.plinth.config.DatabaseConfig;
import java.nio.file.Path;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;

/// The list of an engine's exceptions cannot grow stale.
class EngineContractTest {

  private static final class Engine extends EngineContract {
    private final Map<String, String> exceptions;

    Engine(Map<String, String> exceptions) {
      this.exceptions = exceptions;
    }

    @Override
    public Database open(Path folder, UnaryOperator<DatabaseConfig> settings) {
      throw new UnsupportedOperationException("no test of it is run");
    }

    @Override
    protected Map<String, String> exceptions() {
      return exceptions;
    }
  }

  @Test
  void anExceptionNamesATestAndAReason() {
    assertThatCode(() -> new Engine(Map.of()).everyExceptionNamesATest())
        .doesNotThrowAnyException();
    Map<String, String> right = Map.of("aPartThatFailsIsUndoneAlone", "it has no savepoints");
    assertThatCode(() -> new Engine(right).everyExceptionNamesATest()).doesNotThrowAnyException();
    Map<String, String> unknown = Map.of("aPartThatFailsIsUndone", "it has no savepoints");
    assertThatThrownBy(() -> new Engine(unknown).everyExceptionNamesATest())
        .isInstanceOf(AssertionError.class)
        .hasMessageContaining("aPartThatFailsIsUndone");
    Map<String, String> silent = Map.of("aPartThatFailsIsUndoneAlone", " ");
    assertThatThrownBy(() -> new Engine(silent).everyExceptionNamesATest())
        .isInstanceOf(AssertionError.class);
  }
}
