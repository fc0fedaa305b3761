import ArgumentParser
import Configuration
import JSONLines

/// `reprise config`: configurations without a run.
struct ConfigCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "config", abstract: "Look at configurations: what files come to, and what may stand in them.",
        discussion: """
            A run's configuration is files that go over one another from left to right, then --set KEY=VALUE.

            Examples:
              reprise config show cluster/runs/demo.yaml cluster/runs/judged.yaml
              reprise config check cluster/runs/demo.yaml --set iterations=1
            """,
        subcommands: [Show.self, Check.self, Reference.self, Schema.self])

    /// Files and assignments that go over one another.
    struct Layers: ParsableArguments {
        @Argument(help: "Configuration files, later ones win.") var files: [String]
        @Option(help: ArgumentHelp("Change one setting.", valueName: "key=value")) var set: [String] = []

        func configurations() throws -> [RunConfiguration] {
            try RunPreparations.configurations(files: files, assignments: set)
        }
    }

    /// `reprise config show`.
    struct Show: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Print what files and settings come to, every default included.",
            discussion: """
                Where several modes or seeds are named there is one document for each run, as reprise compare starts them.

                Example:
                  reprise config show cluster/runs/demo.yaml cluster/runs/judged.yaml \\
                    --set iterations=1
                """)

        @OptionGroup var layers: Layers

        func run() throws {
            print(try layers.configurations().map(\.yaml).joined(separator: "---\n"), terminator: "")
        }
    }

    /// `reprise config check`.
    struct Check: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Say whether files can be used together.",
            discussion: """
                Reads no data and no model: reprise run --dry-run does. Status 78 with line, key and the nearest valid key where \
                something is wrong.

                Example:
                  reprise config check cluster/runs/compare.yaml
                """)

        @OptionGroup var layers: Layers

        func run() throws {
            for configuration in try layers.configurations() {
                print(
                    "✓ \(configuration.run.name)  \(configuration.run.mode.rawValue), seed \(configuration.run.seed), "
                        + "reward \(configuration.reward.name)")
            }
        }
    }

    /// `reprise config reference`.
    struct Reference: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Print a configuration with every key, its default and what it decides.",
            discussion: """
                Example:
                  reprise config reference > mine.yaml
                """)

        func run() { print(RunConfiguration.reference, terminator: "") }
    }

    /// `reprise config schema`.
    struct Schema: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Print a JSON Schema of configuration files, for editors.",
            discussion: """
                An editor with a YAML language server completes and checks keys when the file begins with \
                # yaml-language-server: $schema=reprise.schema.json

                Example:
                  reprise config schema > reprise.schema.json
                """)

        func run() { print(RunConfiguration.schema.pretty) }
    }
}
