import Testing

@testable import Rewards

@Suite struct JudgeTextTests {
    @Test(arguments: [
        ("7", JudgeScore.seven), ("10", .ten), (" 1\n", .one), ("Score: 5", .five), ("**3**.", .three),
        ("7/10", .seven),
        ("10/10", .ten), ("I would give it 7 out of 10.", .seven), ("Grade: 10", .ten), ("7 (seven), so 7", .seven),
        ("(10)", .ten), ("/10", .ten), ("out of 10", .ten), ("Grade 5, because it is close.", .five),
    ])
    func oneScoreIsRead(_ text: String, _ score: JudgeScore) {
        #expect(JudgeText.score(in: text) == score)
    }

    @Test(arguments: [
        "", "none", "8", "2", "100", "7.5", "7,5", "0.7", "-7", "7 or 5", "1 3 5 7 10", "10th", "v7", "7 of 9",
        "between 5 and 7", "٧",
    ])
    func everythingElseIsNoScore(_ text: String) {
        #expect(JudgeText.score(in: text) == nil)
    }
}
