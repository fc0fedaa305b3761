#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

// Starting the program with its three pipes.
extension LineProcess {
    /// Both ends of the three pipes; no end is inherited by other programs.
    struct Pipes {
        struct Ends {
            var read: Int32 = -1
            var write: Int32 = -1

            init() throws(FileError) {
                var ends: [Int32] = [-1, -1]
                guard unsafe pipe(&ends) == 0 else { throw FileError(cannot: "make", "a pipe", errno: errno) }
                for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
                (read, write) = (ends[0], ends[1])
            }
        }

        let input: Ends
        let output: Ends
        let error: Ends

        init() throws(FileError) {
            input = try Ends()
            do throws(FileError) {
                output = try Ends()
            } catch {
                Self.close([input.read, input.write])
                throw error
            }
            do throws(FileError) {
                error = try Ends()
            } catch let failure {
                Self.close([input.read, input.write, output.read, output.write])
                throw failure
            }
        }

        func closeTheirs() { Self.close([input.read, output.write, error.write]) }
        func closeOurs() { Self.close([input.write, output.read, error.read]) }

        private static func close(_ descriptors: [Int32]) {
            for descriptor in descriptors { _ = Self.closeOne(descriptor) }
        }

        private static func closeOne(_ descriptor: Int32) -> Int32 {
            #if canImport(Glibc)
                Glibc.close(descriptor)
            #elseif canImport(Musl)
                Musl.close(descriptor)
            #else
                Darwin.close(descriptor)
            #endif
        }
    }

    /// - Returns: an error's number, or 0 and the process.
    static func spawn(_ words: [String], directory: String?, pipes: Pipes) -> (code: Int32, identifier: pid_t) {
        // POSIX has no way to name the directory here; the shell exits with 126 or 127 where the program cannot be started.
        let words = directory.map { ["/bin/sh", "-c", "cd \"$0\" && exec \"$@\"", $0] + words } ?? words
        var actions = unsafe posix_spawn_file_actions_t()
        unsafe posix_spawn_file_actions_init(&actions)
        defer { unsafe posix_spawn_file_actions_destroy(&actions) }
        for (end, stream) in [(pipes.input.read, 0), (pipes.output.write, 1), (pipes.error.write, 2)]
            as [(Int32, Int32)]
        {
            unsafe posix_spawn_file_actions_adddup2(&actions, end, stream)
        }

        // Threads of this process block signals, and it ignores broken pipes: neither is the program's business.
        var attributes = posix_spawnattr_t()
        unsafe posix_spawnattr_init(&attributes)
        defer { unsafe posix_spawnattr_destroy(&attributes) }
        var signals = sigset_t()
        unsafe sigemptyset(&signals)
        unsafe posix_spawnattr_setsigmask(&attributes, &signals)
        unsafe sigfillset(&signals)
        unsafe posix_spawnattr_setsigdefault(&attributes, &signals)
        unsafe posix_spawnattr_setpgroup(&attributes, 0)
        unsafe posix_spawnattr_setflags(
            &attributes, Int16(POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF))

        var arguments: [UnsafeMutablePointer<CChar>?] = unsafe words.map { unsafe strdup($0) } + [nil]
        defer { unsafe arguments.forEach { unsafe free($0) } }
        var identifier: pid_t = 0
        let code = unsafe posix_spawnp(&identifier, words[0], &actions, &attributes, &arguments, environ)
        return (code, identifier)
    }
}
