package dev.plinth.cli;

import dev.plinth.cli.tour.Printer;
import dev.plinth.error.DatabaseException;
import dev.plinth.error.Suggestion;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.util.Properties;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Help;
import picocli.CommandLine.HelpCommand;
import picocli.CommandLine.IVersionProvider;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ScopeType;
import picocli.CommandLine.UnmatchedArgumentException;

/// The command line `plinth`: its options, its commands, and what becomes of their errors.
///
/// It ends with 0 if all went well, 1 after a failure, 2 if the command line is wrong.
@Command(
    name = "plinth",
    description = "A data layer for Java that comes complete.",
    mixinStandardHelpOptions = true,
    versionProvider = Main.Version.class,
    subcommands = {Tour.class, HelpCommand.class},
    synopsisSubcommandLabel = "COMMAND",
    sortOptions = false,
    usageHelpWidth = 80,
    footer = {"", "Exit codes: 0 all went well, 1 a failure, 2 a wrong command line."})
public final class Main {

  @Option(
      names = {"-v", "--debug"},
      description = "Show where a failure comes from.",
      scope = ScopeType.INHERIT)
  private boolean debug;

  private Main() {}

  /// Runs the command line and ends the process.
  public static void main(String[] args) {
    Output output = Output.standard();
    PrintWriter errors = new PrintWriter(System.err, true, StandardCharsets.UTF_8);
    CommandLine plinth = commandLine().setOut(output.writer()).setErr(errors);
    int code = plinth.execute(args);
    plinth.getOut().flush();
    String complaint = output.complaint();
    if (complaint != null) {
      errors.println("plinth: " + complaint);
    }
    System.exit(output.isBroken() ? 1 : code);
  }

  /// The command line, ready to be executed; tests give it their own streams.
  static CommandLine commandLine() {
    Main main = new Main();
    return new CommandLine(main)
        .setColorScheme(Help.defaultColorScheme(Output.isColoured() ? Help.Ansi.ON : Help.Ansi.OFF))
        .setParameterExceptionHandler((wrong, args) -> misread(wrong))
        .setExecutionExceptionHandler((failure, line, parsed) -> main.failed(failure, line));
  }

  private static int misread(ParameterException wrong) {
    CommandLine line = wrong.getCommandLine();
    PrintWriter errors = line.getErr();
    errors.println("plinth: " + wrong.getMessage());
    if (wrong instanceof UnmatchedArgumentException unmatched) {
      String given = unmatched.getUnmatched().getFirst();
      CommandSpec known = line.getCommandSpec();
      errors.println(
          Suggestion.among(
              given.startsWith("-") ? known.optionsMap().keySet() : known.subcommands().keySet(),
              given));
    }
    errors.println("Try '" + line.getCommandSpec().qualifiedName() + " --help'.");
    return CommandLine.ExitCode.USAGE;
  }

  private int failed(Exception failure, CommandLine line) {
    if (!(failure instanceof Printer.Closed)) { // nobody is left to be told about that one
      PrintWriter errors = line.getErr();
      errors.println("plinth: " + oneLine(failure));
      if (debug) {
        failure.printStackTrace(errors);
      }
    }
    return CommandLine.ExitCode.SOFTWARE;
  }

  private static String oneLine(Exception failure) {
    String kind =
        failure instanceof DatabaseException known
            ? known.code()
            : failure.getClass().getSimpleName();
    return kind + ": " + String.valueOf(failure.getMessage()).replaceAll("\\s*\\R\\s*", " ");
  }

  /// Tells the version that the build wrote down.
  static final class Version implements IVersionProvider {

    @Override
    public String[] getVersion() throws IOException {
      return new String[] {"plinth " + number(), "Java " + Runtime.version()};
    }

    static String number() throws IOException {
      Properties properties = new Properties();
      try (InputStream file = Main.class.getResourceAsStream("version.properties")) {
        properties.load(file);
      }
      return properties.getProperty("version");
    }
  }
}
