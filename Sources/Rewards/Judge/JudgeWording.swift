/// What a judging model is asked (REST-PG, appendix on rewards, by structure: request, the user's own text, the answer, five
/// anchored scores). All wording of the judge lives in this file.
public enum JudgeWording {
    /// The question about one answer. It ends in a line break, so that the tokens of what follows do not change at the seam.
    public static func question(input: String, reference: String, answer: String) -> String {
        """
        You grade a text that was written in somebody's place. Below are a request, the text this person really wrote for \
        it, and the text to grade. Grade how well the text to grade could stand for the real one: does it say what this \
        person says, in the way this person says it?

        [Request]
        \(input)
        [End of the request]

        [What the person wrote]
        \(reference)
        [End of what the person wrote]

        [Text to grade]
        \(answer)
        [End of the text to grade]

        Grades:
        1: it is about something else, or cannot be read.
        3: it is about the same thing and misses most of what the person says, and their manner.
        5: it says about half of what the person says, or says it in a stranger's manner.
        7: it says most of what the person says, mostly in their manner; some points or habits are missing.
        10: it says what the person says, in their manner, and nothing that they would not say.

        Answer with the number of the grade alone: 1, 3, 5, 7 or 10.
        Grade:

        """
    }
}
