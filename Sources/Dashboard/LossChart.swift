import Reports
import RunStore

/// The losses of the trainings as lines over their steps.
struct LossChart {
    private let lines: [(iteration: UInt32, points: [LossPoint])]

    /// Only the last six trainings are drawn: more lines nobody can tell apart.
    init(_ losses: [LossPoint]) {
        let finite = losses.filter(\.loss.isFinite)
        let iterations = Set(finite.map(\.iteration)).sorted().suffix(6)
        lines = iterations.map { iteration in (iteration, finite.filter { $0.iteration == iteration }) }
    }

    var isEmpty: Bool { lines.isEmpty }

    private static let (width, height) = (640.0, 260.0)
    private static let (left, right, top, bottom) = (48.0, 530.0, 12.0, 228.0)

    func write(to page: inout HTMLWriter) {
        let points = lines.flatMap(\.points)
        let scale = NiceScale(points.map(\.loss).min() ?? 0, points.map(\.loss).max() ?? 1)
        let steps = Double(max(1, points.map(\.step).max() ?? 1))
        func place(_ point: LossPoint) -> (x: Double, y: Double) {
            let share = (point.loss - scale.lower) / (scale.upper - scale.lower)
            return (
                Self.left + (Self.right - Self.left) * Double(point.step) / steps,
                Self.bottom - (Self.bottom - Self.top) * share
            )
        }
        page.element(
            "svg", ["viewBox": "0 0 \(Int(Self.width)) \(Int(Self.height))", "role": "img", "aria-label": spoken]
        ) { page in
            for tick in scale.ticks {
                let share = (tick - scale.lower) / (scale.upper - scale.lower)
                let y = Decimals.coordinate(Self.bottom - (Self.bottom - Self.top) * share)
                page.empty("path", ["class": "rule", "d": "M\(Int(Self.left)) \(y)H\(Int(Self.right))"])
                page.element(
                    "text", ["class": "soft", "x": "\(Int(Self.left) - 6)", "y": y, "dy": "4", "text-anchor": "end"],
                    text: Decimals.text(tick, scale.digits))
            }
            for (step, anchor) in [(0, "start"), (Int(steps), "end")] {
                let x = Self.left + (Self.right - Self.left) * Double(step) / steps
                page.element(
                    "text", ["class": "soft", "x": Decimals.coordinate(x), "y": "246", "text-anchor": anchor],
                    text: "step \(step)")
            }
            for (index, line) in lines.enumerated() {
                page.element("g", ["class": "c\(index)"]) { page in
                    let path = line.points.enumerated().map { number, point in
                        let (x, y) = place(point)
                        return "\(number == 0 ? "M" : "L")\(Decimals.coordinate(x)) \(Decimals.coordinate(y))"
                    }
                    page.empty("path", ["class": "line", "d": path.joined()])
                    // Names stand one below the other: the lines end close together.
                    page.element(
                        "text", ["class": "label", "x": "\(Int(Self.right) + 8)", "y": "\(24 + 16 * index)"],
                        text: Self.name(line.iteration))
                }
            }
        }
    }

    private static func name(_ iteration: UInt32) -> String { iteration == 0 ? "fine-tuning" : "M-step \(iteration)" }

    /// For those who do not see it.
    private var spoken: String {
        lines.map { line in
            let ends = [line.points.first, line.points.last].compactMap { $0 }.map { Decimals.text($0.loss, 3) }
            return "\(Self.name(line.iteration)): from \(ends.joined(separator: " to "))"
        }.joined(separator: "; ")
    }
}
