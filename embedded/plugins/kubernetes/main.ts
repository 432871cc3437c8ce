import { serve } from "../protocol/index";
import { KubernetesProvider } from "./provider";

serve("kubernetes", "4.34.2", (engine) => new KubernetesProvider(engine));
