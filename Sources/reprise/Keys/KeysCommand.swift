import ArgumentParser
import Transport

/// `reprise keys`: who may join a cluster.
struct KeysCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "keys",
        abstract: "Make the keys of a cluster, and say who may join it.",
        discussion: """
            Connections are encrypted and both ends proven by CURVE keys (Curve25519). A coordinator has one pair, each node its \
            own, and a list of public keys says which nodes may join. A coordinator that runs reads the list again when it \
            changes: a key that is added may join at once, one that is revoked loses its node at once.

            Secret keys are files only their owner can read. Copy NAME.key and public/server.pub to the node's machine, over \
            ssh for example, and nothing else to it.

            Example:
              reprise keys init keys
              reprise keys add keys sampler-1 sampler-2 scorer-1 learner
              reprise coordinator runs/rack --config run.yaml \\
                --endpoint tcp://0.0.0.0:5555 --keys keys
              reprise sampler --connect tcp://10.0.0.1:5555 --key sampler-1.key \\
                --server-key server.pub
              reprise keys revoke keys sampler-2
            """,
        subcommands: [Init.self, Add.self, Revoke.self, List.self])

    struct Init: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Make a directory with the coordinator's pair of keys and an empty list.",
            discussion: """
                Example:
                  reprise keys init keys
                """)

        @Argument(help: "Directory to make.") var directory: String

        func run() async throws {
            let keys = KeyDirectory(directory)
            try Output.writing { try keys.create() }
            print("\(keys.serverKey)  the coordinator's secret key: it stays with the coordinator")
            print("\(keys.serverPublicKey)  its public key: every node gets a copy")
            print("\(keys.allowed)  the nodes that may join: none yet (reprise keys add \(directory) NAME)")
        }
    }

    struct Add: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Make a pair of keys for each name and admit it.",
            discussion: """
                One key for each node, so that one can be revoked without the others. Replicas that are started from one \
                description, such as a scaled service's, share one.

                Example:
                  reprise keys add keys sampler-1 sampler-2
                """)

        @Argument(help: "Directory of the keys.") var directory: String
        @Argument(help: "Names of nodes.") var names: [String]

        func run() async throws {
            let keys = KeyDirectory(directory)
            for (name, file) in zip(names, try Output.writing { try keys.add(names) }) {
                print("\(file)  the secret key of \(name): it goes to its machine")
            }
        }
    }

    struct Revoke: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Take the right to join away from names.",
            discussion: """
                A node that is connected is expelled within a second or two; its tasks go elsewhere.

                Example:
                  reprise keys revoke keys sampler-2
                """)

        @Argument(help: "Directory of the keys.") var directory: String
        @Argument(help: "Names of nodes.") var names: [String]

        func run() async throws {
            let keys = KeyDirectory(directory)
            try Output.writing { try keys.revoke(names) }
            for name in names { print("\(name) may not join any more") }
        }
    }

    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Say whose keys there are, and which may join.",
            discussion: """
                Example:
                  reprise keys list keys
                """)

        @Argument(help: "Directory of the keys.") var directory: String

        func run() async throws {
            var table = Table(["name", "public key", "may join"])
            for entry in try KeyDirectory(directory).list.entries {
                table.add([entry.name, "\(entry.key)", entry.isRevoked ? "no, revoked" : "yes"])
            }
            for line in table.lines { print(line) }
        }
    }
}
