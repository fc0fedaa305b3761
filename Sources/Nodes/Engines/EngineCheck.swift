public import Configuration

extension RunConfiguration.Engines {
    /// Looks whether the programs are on this machine, before a run is begun. Servers may come up later.
    ///
    /// - Throws: a sentence.
    public func check() throws {
        if let name = sampler.name == nil ? nil : sampler.reloadCommand.first, !Programs.isThere(name) {
            throw EngineError("the reload command '\(name)' is not a program here: install it, or give its path")
        }
        if let name = learner.name == nil ? nil : learner.command.first, !Programs.isThere(name, in: learner.directory)
        {
            throw EngineError("the training command '\(name)' is not a program here: install it, or give its path")
        }
    }
}

/// Why a program outside cannot be used: one sentence.
struct EngineError: Error, CustomStringConvertible {
    let description: String

    init(_ description: String) { self.description = description }
}
