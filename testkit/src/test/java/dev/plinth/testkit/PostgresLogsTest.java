package dev.plinth.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.plinth.Database;
import dev.plinth.config.DatabaseConfig;
import dev.plinth.config.Freshness;
import dev.plinth.config.Setting;
import dev.plinth.testkit.server.Jdbc;
import dev.plinth.testkit.server.PostgresCluster;
import dev.plinth.testkit.server.PostgresServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.SimpleFormatter;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.slf4j.ILoggerFactory;
import org.slf4j.IMarkerFactory;
import org.slf4j.Marker;
import org.slf4j.helpers.BasicMarkerFactory;
import org.slf4j.helpers.LegacyAbstractLogger;
import org.slf4j.helpers.MessageFormatter;
import org.slf4j.helpers.NOPMDCAdapter;
import org.slf4j.spi.MDCAdapter;
import org.slf4j.spi.SLF4JServiceProvider;

/// What a program says that uses the layer: who has forgotten a connection, and never a password.
///
/// Logging is chosen once for a JVM, so each test has one of its own whose whole output is read.
@Timeout(90)
final class PostgresLogsTest {

  private static final String PASSWORD = "Kaninchen-Bau.17";
  private static final String END = "the end of what is asked";
  private static final String FORGETTING = "PostgresLogsTest$Program.forget(";

  /// Prints whatever is logged, of every level; found by its name.
  public static final class Logs implements SLF4JServiceProvider {
    @Override
    public ILoggerFactory getLoggerFactory() {
      return Printer::new;
    }

    @Override
    public IMarkerFactory getMarkerFactory() {
      return new BasicMarkerFactory();
    }

    @Override
    public MDCAdapter getMDCAdapter() {
      return new NOPMDCAdapter();
    }

    @Override
    public String getRequestedApiVersion() {
      return "2.0.99";
    }

    @Override
    public void initialize() {}
  }

  private static final class Printer extends LegacyAbstractLogger {
    private static final long serialVersionUID = 1;

    Printer(String name) {
      this.name = name;
    }

    @Override
    public boolean isTraceEnabled() {
      return true;
    }

    @Override
    public boolean isDebugEnabled() {
      return true;
    }

    @Override
    public boolean isInfoEnabled() {
      return true;
    }

    @Override
    public boolean isWarnEnabled() {
      return true;
    }

    @Override
    public boolean isErrorEnabled() {
      return true;
    }

    @Override
    protected @Nullable String getFullyQualifiedCallerName() {
      return null;
    }

    @Override
    protected void handleNormalizedLoggingCall(
        org.slf4j.event.Level level,
        @Nullable Marker marker,
        String message,
        @Nullable Object @Nullable [] arguments,
        @Nullable Throwable thrown) {
      print(
          level + " " + name + " " + MessageFormatter.basicArrayFormat(message, arguments), thrown);
    }
  }

  private static void print(String line, @Nullable Throwable thrown) {
    synchronized (System.out) {
      System.out.println(line);
      if (thrown != null) {
        thrown.printStackTrace(System.out); // with its causes
      }
    }
  }

  /// A program that uses the layer as its arguments say.
  static final class Program {

    static void main(String[] arguments) throws Exception {
      printTheDriversLogs();
      switch (arguments[0]) {
        case "password" -> Passwords.use(Integer.parseInt(arguments[1]));
        case "leak" -> leak(arguments[1], Freshness.CURRENT);
        default -> leak(arguments[1], Freshness.STALE_OK);
      }
      print(END, null);
      System.in.read(); // or a forgotten connection would not be reported
      Runtime.getRuntime().halt(0);
    }

    private static void printTheDriversLogs() {
      java.util.logging.Logger root = java.util.logging.Logger.getLogger("org.postgresql");
      root.setLevel(Level.ALL);
      root.setUseParentHandlers(false);
      root.addHandler(
          new Handler() {
            @Override
            public void publish(LogRecord record) {
              String message = new SimpleFormatter().formatMessage(record);
              print(record.getLoggerName() + " " + message, record.getThrown());
            }

            @Override
            public void flush() {}

            @Override
            public void close() {}
          });
      DRIVER.add(root);
    }

    private static final List<Object> DRIVER = new ArrayList<>(); // loggers are held weakly

    private static void leak(String url, Freshness freshness) throws InterruptedException {
      Database db = Database.open(DatabaseConfig.of(url).with("leakReport", "0.4"));
      Thread forgetful =
          Thread.ofPlatform()
              .name("the forgetful one")
              .start(() -> db.reading(freshness).run(() -> forget(db)));
      forgetful.join();
      print("left: " + db.poolHealth(), null);
    }

    private static void forget(Database db) {
      Stream<Integer> left = db.sql("select generate_series(1, 9)").as(Integer.class).stream();
      left.iterator().next();
    }
  }

  /// Everything that a password could slip into.
  private static final class Passwords {

    private static void use(int port) {
      try (Proxy proxy = Proxy.to("127.0.0.1", port)) {
        String right = "postgresql://app:" + PASSWORD + "@127.0.0.1:" + port + "/postgres";
        well(right);
        well("postgresql://127.0.0.1:%d/postgres?user=app&password=%s".formatted(port, PASSWORD));
        String wrong = right.replace(PASSWORD, PASSWORD + "-not");
        fail(wrong);
        fail(right.replace("/postgres", "/nowhere"));
        fail(right.replace(":" + port, ":1"));
        fail(right.replace(":" + port, ":99999"));
        fail(right.replace("127.0.0.1", "no.such.host.invalid"));
        fail(right + "?sslpassword=" + PASSWORD + "&sslmode=require");
        fail(right + "?socketFactory=x");
        fail(right.replace("postgresql", "oracle"));
        String silent = right.replace(":" + port, ":" + proxy.port()) + "?connectTimeout=1";
        proxy.freeze();
        fail(silent);
        proxy.thaw();
        try (Database db = well(silent + "&socketTimeout=1")) {
          proxy.freeze();
          tell(() -> db.sql("select 1").rows().list());
          print(db.health().toString(), null);
          proxy.thaw();
        }
        fail(wrong, "sqlite::memory:");
        print(END, null);
        print(right, null); // the control: this is what is looked for
      }
    }

    private static Database well(String url) {
      DatabaseConfig config = DatabaseConfig.of(url).with("echo", "true");
      Database db = Database.open(config);
      print("opened " + db + config + config.url() + config.url().server() + db.health(), null);
      tell(() -> db.sql("select current_user").rows().list());
      tell(() -> db.sql("select nonsense").rows().list());
      tell(() -> db.transaction(tx -> db.sql("select 1/0").rows().list()));
      if (!url.contains("connectTimeout")) {
        db.close();
      }
      return db;
    }

    private static void fail(String url) {
      fail(url, "");
    }

    private static void fail(String url, String fallback) {
      tell(() -> {
        DatabaseConfig config = DatabaseConfig.of(url);
        print("config " + config + config.url(), null);
        Database.open(config.with(Setting.FALLBACK, fallback)).close();
        throw new IllegalStateException("It should have failed.");
      });
    }

    private static void tell(Runnable work) {
      try {
        work.run();
      } catch (RuntimeException e) {
        print("thrown " + e, e);
      }
    }
  }

  /// What a program prints until it says that it has done all.
  private static String output(String awaited, String... arguments)
      throws IOException, InterruptedException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of("-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC"));
    command.add("-Dslf4j.provider=" + Logs.class.getName());
    command.addAll(List.of("-cp", System.getProperty("java.class.path")));
    command.add(Program.class.getName());
    command.addAll(List.of(arguments));
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    Queue<String> output = new ConcurrentLinkedQueue<>();
    Thread reading =
        Thread.ofVirtual()
            .start(() -> {
              try (var lines = process.inputReader(StandardCharsets.UTF_8)) {
                lines.lines().forEach(output::add);
              } catch (UncheckedIOException | IOException e) {
                output.add(e.toString());
              }
            });
    try {
      await()
          .atMost(Duration.ofSeconds(60))
          .until(() -> output.contains(END) || !process.isAlive());
      for (int i = 0; i < 100 && process.isAlive() && !isIn(output, awaited); i++) {
        reading.join(Duration.ofMillis(100)); // a report may come a little later
      }
      process.outputWriter().close();
      await().until(() -> !process.isAlive() && !reading.isAlive());
      return String.join("\n", output);
    } finally {
      process.destroyForcibly();
    }
  }

  private static boolean isIn(Queue<String> lines, String text) {
    return lines.stream().anyMatch(line -> line.contains(text));
  }

  @Test
  void thePasswordIsNowhere() throws Exception {
    try (PostgresServer server = PostgresServer.start()) {
      askForPasswords(server);
      String output = output(END, "password", String.valueOf(server.port()));
      assertThat(
              missing(
                  output,
                  "opened Database[postgresql",
                  "password authentication failed",
                  "database \"nowhere\" does not exist",
                  "Connection refused",
                  "connection, status=DOWN",
                  "DEBUG com.zaxxer.hikari",
                  "DEBUG dev.plinth.sql select current_user",
                  "org.postgresql.core.v3.ConnectionFactoryImpl",
                  "\tat org.postgresql."))
          .isEmpty();
      int control = output.indexOf(END);
      assertThat(missing(output.substring(control), PASSWORD)).as("the control").isEmpty();
      assertThat(output.substring(0, control).lines())
          .as("all that was printed")
          .noneMatch(line -> line.contains(PASSWORD) || line.contains(PASSWORD.substring(0, 9)));
    }
  }

  private static List<String> missing(String output, String... texts) {
    return Arrays.stream(texts).filter(text -> !output.contains(text)).toList();
  }

  private static void askForPasswords(PostgresServer server) throws SQLException {
    try (Connection connection = server.node().open()) {
      String folder = Jdbc.value(connection, "show data_directory");
      Jdbc.execute(
          connection,
          "create role app login password '" + PASSWORD + "'",
          "copy (values ('host all postgres 127.0.0.1/32 trust'),"
              + " ('host all all 127.0.0.1/32 scram-sha-256')) to '"
              + folder
              + "/pg_hba.conf'",
          "select pg_reload_conf()");
      await()
          .until(
              () -> Jdbc.value(connection, "select count(*) from pg_hba_file_rules").equals("2"));
    }
  }

  @Test
  void aConnectionThatIsNeverGivenBackIsReportedWithItsHolder() throws Exception {
    try (PostgresDatabase own = new PostgresDatabase()) {
      String output = output(FORGETTING, "leak", own.url());
      assertThat(missing(output, "WARN dev.plinth.leak a connection to 127.0.0.1", FORGETTING))
          .isEmpty();
      assertThat(output).containsOnlyOnce("with thread the forgetful one");
    }
  }

  @Test
  void oneOfAReplicaIsReportedAsWell() throws Exception {
    try (PostgresCluster cluster = PostgresCluster.asynchronous()) {
      String output = output(FORGETTING, "replica", cluster.url());
      assertThat(missing(output, "WARN dev.plinth.leak a connection to 127.0.0.1", FORGETTING))
          .isEmpty();
    }
  }
}
