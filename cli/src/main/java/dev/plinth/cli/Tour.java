package dev.plinth.cli;

import dev.plinth.cli.tour.Guide;
import dev.plinth.cli.tour.Printer;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.json.JsonMapper;

/// `plinth tour`: what the layer does, shown on real data.
@Command(
    name = "tour",
    description = "Shows what the layer does, step by step, on 171,075 real cities.",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    usageHelpWidth = 80)
final class Tour implements Callable<Integer> {

  @Spec private @Nullable CommandSpec spec;

  @Option(
      names = "--folder",
      paramLabel = "DIR",
      description = "Where cities.db is made; a fresh temporary folder if not given.")
  private @Nullable Path folder;

  @Option(names = "--json", description = "Print one JSON document with the figures instead.")
  private boolean json;

  @Override
  public Integer call() throws IOException {
    PrintWriter out = Objects.requireNonNull(spec).commandLine().getOut();
    Path file = place(spec);
    if (json) {
      Map<String, Object> figures = new Guide(Printer.silent()).walk(file, Main.Version.number());
      out.println(
          JsonMapper.builder()
              .enable(SerializationFeature.INDENT_OUTPUT)
              .build()
              .writeValueAsString(figures));
    } else {
      Printer printer = Printer.to(out, Output.isTerminal(), Output.isColoured());
      new Guide(printer).walk(file, Main.Version.number());
    }
    return 0;
  }

  private Path place(CommandSpec spec) throws IOException {
    if (folder == null) {
      return Files.createTempDirectory("plinth-tour-").resolve("cities.db");
    }
    Path file = folder.toAbsolutePath().normalize().resolve("cities.db");
    if (Files.exists(file)) {
      throw new ParameterException(
          spec.commandLine(), file + " is there already: remove it or choose another folder.");
    }
    return file;
  }
}
