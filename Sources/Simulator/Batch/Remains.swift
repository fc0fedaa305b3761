package import RolloutCore

extension SeedRun {
    /// What a run leaves behind, for those who try readers of it on changed bytes: every frame that was sent, in order, and
    /// the journal.
    package func remains() -> (frames: [[UInt8]], records: [Record]) {
        let simulation = Simulation(scenario)
        var frames: [[UInt8]] = []
        simulation.listener = { frames.append($0) }
        simulation.run()
        return (frames, simulation.disk.records)
    }
}
