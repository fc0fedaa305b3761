import Foundation
import RolloutCore
import Testing

@testable import RunStore

@Suite struct RunPlaceTests {
    private func begin(_ directory: RunDirectory) throws -> NextTerm {
        let journal = try Journal(holding: directory.lock())
        let term = try journal.nextTerm()
        try journal.append(.termStarted(Term(rawValue: term.number)), durable: true)
        return term
    }

    @Test func termsCountUpWhereTheyBegan() throws {
        let run = try TemporaryRun()
        for number in 1...3 { #expect(try begin(run.directory) == NextTerm(number: UInt64(number))) }
        // Moved on its file system it is still the same directory.
        let moved = run.folder + "/moved"
        try FileManager.default.moveItem(atPath: run.directory.path, toPath: moved)
        #expect(try begin(RunDirectory.open(moved)) == NextTerm(number: 4))
    }

    @Test func aCopyTakesATermTheOriginalWillNotComeTo() throws {
        let run = try TemporaryRun()
        _ = try begin(run.directory)
        let copy = try run.afterCrash()
        let term = try begin(copy)
        #expect(term.number > 1 << 20)
        #expect(term.original == run.directory.path)
        // From then on it is a run of its own.
        #expect(try begin(copy) == NextTerm(number: term.number + 1))
        #expect(try begin(run.directory) == NextTerm(number: 2))
        let second = try begin(run.afterCrash())
        #expect(second.number != term.number)
    }

    @Test func aCopyOfARunThatGoesOnIsRefused() throws {
        let run = try TemporaryRun()
        let journal = try run.journal()
        try journal.append(.termStarted(Term(rawValue: journal.nextTerm().number)), durable: true)
        let copy = try run.afterCrash()
        let error = #expect(throws: RunStoreError.self) { try begin(copy) }
        #expect(error?.kind == .inUse)
        #expect(error?.description.contains("is a copy of a run that goes on: \(run.directory.path) is in use") == true)
        withExtendedLifetime(journal) {}
    }

    @Test func placesAreReadBack() throws {
        let place = RunPlace(of: NSTemporaryDirectory())
        #expect(RunPlace(column: place.column) == place)
        #expect(place.isHere)
        var odd = place
        odd.path = "/a path/with  blanks"
        #expect(RunPlace(column: odd.column) == odd)
        #expect(!odd.isHere)
        #expect(RunPlace(column: "nonsense") == nil)
    }
}
